package dev.brew.delivery.results;

import java.util.Map;
import java.util.TreeMap;

/** The name of a benchmark and its parameters in file names: no dots, no blanks, keys sorted. */
public final class Stem {

    private Stem() {
    }

    /** {@code <benchmark>_<key>=<value>_…}; the benchmark is the class name without {@code Benchmark}. */
    public static String of(String benchmark, Map<String, String> params) {
        StringBuilder stem = new StringBuilder(shortName(benchmark));
        new TreeMap<>(params).forEach((key, value) -> stem.append('_').append(key).append('=').append(value));
        return stem.toString().replaceAll("[^A-Za-z0-9_=-]", "-");
    }

    /** {@code dev.brew.SequentialFanOutBenchmark.event} to {@code SequentialFanOut}. */
    public static String shortName(String benchmark) {
        String owner = benchmark.substring(0, benchmark.lastIndexOf('.'));
        String simple = owner.substring(owner.lastIndexOf('.') + 1);
        return simple.endsWith("Benchmark") ? simple.substring(0, simple.length() - "Benchmark".length()) : simple;
    }
}
