package dev.brew.delivery.text;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The natural order of names that contain numbers: {@code rate=6190} before {@code rate=19200}. */
public final class Natural {

    /** Numbers by value, with the unit of a duration if they have one ({@code 900us} before {@code 1ms}). */
    public static final Comparator<String> ORDER = Natural::compare;

    private static final Pattern TOKEN = Pattern.compile("(\\d+(?:\\.\\d+)?)(?:(ns|us|µs|ms|s|m|h)(?![A-Za-z]))?|\\D+");
    private static final Map<String, BigDecimal> NANOS = Map.of("ns", BigDecimal.ONE, "us", new BigDecimal("1e3"),
            "µs", new BigDecimal("1e3"), "ms", new BigDecimal("1e6"), "s", new BigDecimal("1e9"),
            "m", new BigDecimal("60e9"), "h", new BigDecimal("3600e9"));

    private Natural() {
    }

    private static int compare(String left, String right) {
        List<MatchResult> a = TOKEN.matcher(left).results().toList();
        List<MatchResult> b = TOKEN.matcher(right).results().toList();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return a.size() == b.size() ? left.compareTo(right) : Integer.compare(a.size(), b.size());
    }

    private static int compare(MatchResult left, MatchResult right) {
        return left.group(1) != null && right.group(1) != null ? number(left).compareTo(number(right))
                : left.group().compareTo(right.group());
    }

    private static BigDecimal number(MatchResult token) {
        BigDecimal value = new BigDecimal(token.group(1));
        return token.group(2) == null ? value : value.multiply(NANOS.get(token.group(2)));
    }
}
