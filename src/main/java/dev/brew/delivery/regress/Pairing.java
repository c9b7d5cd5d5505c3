package dev.brew.delivery.regress;

import dev.brew.delivery.results.Stem;
import dev.brew.delivery.run.UsageException;
import dev.brew.delivery.suite.Case;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A case of the base and the case of the candidate to compare with: the same benchmark with the same parameters, except the
 * parameters that differ between the two sides.
 */
record Pairing(Case base, Case candidate) {

    /**
     * All pairings.
     *
     * @param missing cases that only the base has
     * @param extra   cases that only the candidate has
     */
    record All(List<Pairing> pairings, List<Case> missing, List<Case> extra) {
    }

    /** @throws UsageException if no two cases fit, or if several fit the same case */
    static All of(List<Case> base, List<Case> candidate) throws UsageException {
        Set<String> varied = varied(base, candidate);
        Map<String, Case> left = byKey(base, varied);
        Map<String, Case> right = byKey(candidate, varied);
        List<Pairing> pairings = new ArrayList<>();
        left.forEach((key, of) -> {
            if (right.containsKey(key)) {
                pairings.add(new Pairing(of, right.get(key)));
            }
        });
        if (pairings.isEmpty()) {
            throw new UsageException("no benchmark is in both: base has " + titles(base) + ", candidate has "
                    + titles(candidate));
        }
        return new All(List.copyOf(pairings), without(left, right), without(right, left));
    }

    private static List<Case> without(Map<String, Case> of, Map<String, Case> others) {
        return of.entrySet().stream().filter(entry -> !others.containsKey(entry.getKey())).map(Map.Entry::getValue)
                .toList();
    }

    private static String titles(List<Case> cases) {
        return String.join(", ", cases.stream().map(Case::title).toList());
    }

    /** Parameters whose values differ between the sides, or that only one side has. */
    private static Set<String> varied(List<Case> base, List<Case> candidate) {
        Set<String> varied = new TreeSet<>();
        Map<String, Set<String>> left = values(base);
        Map<String, Set<String>> right = values(candidate);
        left.forEach((name, values) -> {
            if (!values.equals(right.get(name))) {
                varied.add(name);
            }
        });
        right.keySet().stream().filter(name -> !left.containsKey(name)).forEach(varied::add);
        return varied;
    }

    private static Map<String, Set<String>> values(List<Case> cases) {
        Map<String, Set<String>> values = new TreeMap<>();
        cases.forEach(each -> each.params().forEach((name, value) ->
                values.computeIfAbsent(name, key -> new TreeSet<>()).add(value)));
        return values;
    }

    private static Map<String, Case> byKey(List<Case> cases, Set<String> varied) throws UsageException {
        Map<String, Case> byKey = new LinkedHashMap<>();
        for (Case each : cases) {
            Map<String, String> params = new TreeMap<>(each.params());
            params.keySet().removeAll(varied);
            if (byKey.put(each.benchmark() + params, each) != null) {
                throw new UsageException("-p " + String.join(", -p ", varied)
                        + ": a parameter that differs between base and candidate must have one value on each side");
            }
        }
        return byKey;
    }

    /** A name for each: the benchmark and its recipients, or all its parameters where that does not tell them apart. */
    static List<String> names(List<Pairing> pairings) {
        List<String> brief = pairings.stream().map(pairing -> Stem.shortName(pairing.base.benchmark())
                + (pairing.base.params().containsKey("recipients") ? " recipients=" + pairing.base.params().get("recipients") : ""))
                .toList();
        return IntStream.range(0, brief.size()).mapToObj(i -> Collections.frequency(brief, brief.get(i)) == 1 ? brief.get(i)
                : pairings.get(i).base.title()).toList();
    }

    Case of(Side side) {
        return side == Side.BASE ? base : candidate;
    }
}
