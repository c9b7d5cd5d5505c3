package dev.brew.delivery.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shortens a list to its first items, so that a message stays readable: a run may have 1,024 recipients. */
public final class Few {

    private static final int MOST = 3;

    private Few() {
    }

    /** All of up to four items, joined by {@code separator}; of more items the first three and the number of the others. */
    public static String of(Collection<?> items, String separator) {
        String shown = items.stream().limit(shown(items)).map(String::valueOf).collect(Collectors.joining(separator));
        return isAll(items) ? shown : shown + more(items);
    }

    /** As {@link #of}, one entry for each item; the last entry has the number of the others. */
    public static List<String> entries(Collection<String> items) {
        List<String> shown = new ArrayList<>(items.stream().limit(shown(items)).toList());
        if (!isAll(items)) {
            shown.set(MOST - 1, shown.get(MOST - 1) + more(items));
        }
        return shown;
    }

    private static boolean isAll(Collection<?> items) {
        return items.size() <= MOST + 1;
    }

    private static int shown(Collection<?> items) {
        return isAll(items) ? items.size() : MOST;
    }

    private static String more(Collection<?> items) {
        return String.format(Locale.ROOT, " and %,d more", items.size() - MOST);
    }
}
