package dev.brew.delivery.recipient;

import dev.brew.delivery.text.Few;
import java.util.List;

/**
 * The delay of each recipient: {@code [WHO@]MODEL}. WHO is {@code all} (the default), {@code first}, {@code one} (the
 * last recipient, so that the recipients before it show the effect of a slow neighbour) or a recipient's name.
 * {@code one@fixed:20ms} delays the last recipient, {@code analytics@exp:2ms} delays analytics.
 */
public final class DelayPlan {

    /** The plan that delays no recipient. */
    public static final DelayPlan NONE = new DelayPlan("all", DelayModel.NONE);

    private final String who;
    private final DelayModel model;

    private DelayPlan(String who, DelayModel model) {
        this.who = who;
        this.model = model;
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} does not match the grammar; the message quotes it
     */
    public static DelayPlan parse(String text) {
        int at = text.indexOf('@');
        if (at == 0) {
            throw new IllegalArgumentException("not a delay: '" + text + "' (nobody stands before the @)");
        }
        String who = at < 0 ? "all" : text.substring(0, at);
        return new DelayPlan(who, DelayModel.parse(text.substring(at + 1)));
    }

    /**
     * The delay of recipient {@code index} among {@code names}.
     *
     * @throws IllegalArgumentException if this plan names a recipient that is not among {@code names}
     */
    public DelayModel of(int index, List<String> names) {
        boolean has = switch (who) {
            case "all" -> true;
            case "first" -> index == 0;
            case "one" -> index == names.size() - 1;
            default -> {
                if (!names.contains(who)) {
                    throw new IllegalArgumentException("delay " + this + " names no recipient: '" + who
                            + "' (there are " + Few.of(names, " ") + ")");
                }
                yield names.get(index).equals(who);
            }
        };
        return has ? model : DelayModel.NONE;
    }

    /** True if the plan delays no recipient. */
    public boolean isNone() {
        return model.isNone();
    }

    /** The text form, without {@code all@}; {@code none} for every plan that delays no recipient. */
    @Override
    public String toString() {
        return who.equals("all") || model.isNone() ? model.toString() : who + "@" + model;
    }
}
