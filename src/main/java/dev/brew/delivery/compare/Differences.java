package dev.brew.delivery.compare;

import dev.brew.delivery.results.Machine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The differences between both sides: name, then base's and candidate's value. */
final class Differences {

    /** The versions that a comparison tests. */
    private static final Set<String> UNDER_TEST = Set.of("benchmarks", "git.commit", "git.dirty");

    private Differences() {
    }

    static Map<String, List<String>> of(String prefix, Map<String, String> base, Map<String, String> candidate) {
        Set<String> names = new TreeSet<>(base.keySet());
        names.addAll(candidate.keySet());
        Map<String, List<String>> differences = new TreeMap<>();
        for (String name : names) {
            String left = base.getOrDefault(name, "-");
            String right = candidate.getOrDefault(name, "-");
            if (!left.equals(right)) {
                differences.put(prefix + name, List.of(left, right));
            }
        }
        return differences;
    }

    /** The differences between machines, with the prefix {@code machine.}; sizes of memory may differ by a little. */
    static Map<String, List<String>> ofMachines(Map<String, String> base, Map<String, String> candidate) {
        Map<String, List<String>> differences = of("", base, candidate);
        differences.entrySet().removeIf(difference ->
                Machine.isAlike(difference.getKey(), difference.getValue().get(0), difference.getValue().get(1)));
        Map<String, List<String>> named = new TreeMap<>();
        differences.forEach((name, values) -> named.put("machine." + name, values));
        return named;
    }

    /** The differences between the versions of the parts, without this project's own version and commit. */
    static Map<String, List<String>> ofVersions(Map<String, String> base, Map<String, String> candidate) {
        Map<String, List<String>> differences = of("", base, candidate);
        differences.keySet().removeAll(UNDER_TEST);
        Map<String, List<String>> named = new TreeMap<>();
        differences.forEach((name, values) -> named.put("versions." + name, values));
        return named;
    }

    static String print(Map<String, List<String>> differences) {
        return differences.entrySet().stream()
                .map(difference -> difference.getKey() + " " + difference.getValue().get(0) + " | "
                + difference.getValue().get(1))
                .collect(Collectors.joining("; "));
    }
}
