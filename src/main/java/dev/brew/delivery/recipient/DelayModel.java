package dev.brew.delivery.recipient;

import dev.brew.delivery.event.NanoClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The time that a recipient works on an event. The text form needs no quoting in a shell or in JMH's {@code -p}:
 *
 * <pre>
 * none                    no delay
 * fixed:20ms              always 20 ms
 * uniform:1ms:5ms         uniform between 1 and 5 ms
 * exp:2ms                 exponential, mean 2 ms
 * lognormal:2ms:0.8       median 2 ms, sigma 0.8
 * bimodal:1ms:50ms:1%     1 ms, but 50 ms for 1 % of the events
 * </pre>
 *
 * A duration is a whole number with the unit {@code ns}, {@code us}, {@code ms} or {@code s}, at most one hour.
 */
public final class DelayModel {

    /** The model that never delays. */
    public static final DelayModel NONE = new DelayModel("none", random -> 0);

    static final String GRAMMAR = "none, fixed:20ms, uniform:1ms:5ms, exp:2ms, lognormal:2ms:0.8 or "
            + "bimodal:1ms:50ms:1%";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ns|us|ms|s)");
    private static final Pattern NUMBER = Pattern.compile("[\\d.]+%?");
    private static final long MAX_NANOS = 3_600_000_000_000L;

    /** One draw, in nanoseconds, 0 or more. */
    @FunctionalInterface
    private interface Draw {
        double nanos(SplittableRandom random);
    }

    private final String text;
    private final Draw draw;

    private DelayModel(String text, Draw draw) {
        this.text = text;
        this.draw = draw;
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} does not match the grammar above; the message quotes it
     */
    public static DelayModel parse(String text) {
        Supplier<IllegalArgumentException> unfit = () ->
                new IllegalArgumentException("not a delay: '" + text + "' (" + GRAMMAR + ")");
        String[] parts = Objects.requireNonNull(text).split(":", -1);
        try {
            return switch (parts[0] + "/" + (parts.length - 1)) {
                case "none/0" -> NONE;
                case "fixed/1" -> fixed(canonical(parts), nanos(parts[1]));
                case "uniform/2" -> uniform(canonical(parts), nanos(parts[1]), nanos(parts[2]));
                case "exp/1" -> exponential(canonical(parts), nanos(parts[1]));
                case "lognormal/2" -> logNormal(canonical(parts), nanos(parts[1]), number(parts[2]));
                case "bimodal/3" -> bimodal(canonical(parts), nanos(parts[1]), nanos(parts[2]), percent(parts[3]));
                default -> throw unfit.get();
            };
        } catch (IllegalArgumentException e) {
            throw unfit.get();
        }
    }

    /** One text for each meaning: the largest unit that needs no fraction, and numbers without superfluous zeros. */
    private static String canonical(String... parts) {
        return Arrays.stream(parts).map(part -> DURATION.matcher(part).matches() ? ofNanos(nanos(part))
                : NUMBER.matcher(part).matches() ? withoutIdleZeros(part) : part).collect(Collectors.joining(":"));
    }

    private static String ofNanos(long nanos) {
        List<String> units = List.of("ns", "us", "ms", "s");
        long count = nanos;
        int unit = 0;
        while (count % 1000 == 0 && count > 0 && unit < units.size() - 1) {
            count /= 1000;
            unit++;
        }
        return count + units.get(unit);
    }

    private static String withoutIdleZeros(String number) {
        String digits = number.replace("%", "");
        return new BigDecimal(digits).stripTrailingZeros().toPlainString() + number.substring(digits.length());
    }

    private static DelayModel fixed(String text, long nanos) {
        return new DelayModel(text, random -> nanos);
    }

    private static DelayModel uniform(String text, long low, long high) {
        require(low <= high);
        return new DelayModel(text, random -> low + random.nextDouble() * (high - low));
    }

    private static DelayModel exponential(String text, long mean) {
        return new DelayModel(text, random -> -mean * Math.log1p(-random.nextDouble()));
    }

    private static DelayModel logNormal(String text, long median, double sigma) {
        return new DelayModel(text, random -> median * Math.exp(sigma * random.nextGaussian()));
    }

    private static DelayModel bimodal(String text, long usual, long rare, double share) {
        return new DelayModel(text, random -> random.nextDouble() < share ? rare : usual);
    }

    /** True if the model delays no event. */
    public boolean isNone() {
        return this == NONE;
    }

    /** The delay of one event, in nanoseconds, 0 to one hour. */
    long nextNanos(SplittableRandom random) {
        return (long) Math.min(MAX_NANOS, draw.nanos(random));
    }

    @Override
    public String toString() {
        return text;
    }

    /**
     * Reads a duration of the grammar, such as {@code 3s}.
     *
     * @throws IllegalArgumentException if {@code text} is not a duration; the message quotes it
     */
    public static Duration duration(String text) {
        try {
            return Duration.ofNanos(nanos(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a duration: '" + text
                    + "' (a whole number and ns, us, ms or s, at most 3600s)", e);
        }
    }

    private static long nanos(String text) {
        Matcher duration = DURATION.matcher(text);
        require(duration.matches());
        long unit = switch (duration.group(2)) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            default -> 1_000_000_000;
        };
        long count = Long.parseLong(duration.group(1));
        require(count <= MAX_NANOS / unit);
        return count * unit;
    }

    private static double number(String text) {
        require(text.matches("\\d{1,3}(\\.\\d{1,6})?"));
        return Double.parseDouble(text);
    }

    private static double percent(String text) {
        require(text.endsWith("%"));
        double percent = number(text.substring(0, text.length() - 1));
        require(percent <= 100);
        return percent / 100;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }
}
