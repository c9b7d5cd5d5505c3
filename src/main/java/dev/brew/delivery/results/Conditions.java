package dev.brew.delivery.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a row differs from a trial as this project defines it: a fresh JVM in which one event follows another on an
 * otherwise idle system. A row that differs is shown with its conditions and is never ranked. A row without a fresh
 * JVM is not compared either.
 */
public final class Conditions {

    /** The setting that {@code -f 0} records. A forked trial and a file of an older version do not have it. */
    public static final String FORKS = "jmh.forks";
    private static final String NONE = "0";
    private static final String ONE = "1";

    private Conditions() {
    }

    /**
     * The conditions in words, each with the option that causes it; empty for a trial.
     *
     * @param settings of a trial, as environment.json holds them
     */
    public static List<String> of(Map<String, String> settings) {
        List<String> found = new ArrayList<>();
        String threads = settings.getOrDefault("jmh.threads", ONE);
        if (!threads.equals(ONE)) {
            found.add(threads + " events at a time (-t " + threads + ")");
        }
        if ("ss".equals(settings.get("jmh.mode"))) {
            found.add("one sample an iteration (-bm ss)");
        }
        if (!isFreshJvm(settings)) {
            found.add("no fresh JVM, so no trial (-f 0)");
        }
        return found;
    }

    /** False for a row that ran in the JVM of the program itself, which earlier rows have warmed up. */
    public static boolean isFreshJvm(Map<String, String> settings) {
        return !NONE.equals(settings.get(FORKS));
    }
}
