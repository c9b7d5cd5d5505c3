package dev.brew.delivery.jvm;

import java.util.Comparator;
import java.util.List;

/** Values of the secrets among the arguments of JVMs, which must not be written to any file. Immutable. */
public final class Secrets {

    private final List<String> values;

    private Secrets(List<String> values) {
        this.values = values;
    }

    /** The secrets among {@code arguments}: the values of properties whose names say so. */
    public static Secrets of(List<String> arguments) {
        return new Secrets(arguments.stream().flatMap(argument -> JvmArguments.secret(argument).stream()).distinct()
                .sorted(Comparator.comparingInt(String::length).reversed()).toList()); // one may be a part of another
    }

    /** {@code text} with {@code ***} in place of each secret. */
    public String hide(String text) {
        String hidden = text;
        for (String value : values) {
            hidden = hidden.replace(value, JvmArguments.HIDDEN);
        }
        return hidden;
    }

    /** Length of the longest secret, in {@code char}s; 0 if there is none. */
    public int longest() {
        return values.isEmpty() ? 0 : values.get(0).length();
    }
}
