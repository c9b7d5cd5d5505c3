package dev.brew.delivery.sweep;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.load.OpenLoop;
import dev.brew.delivery.results.HistogramFiles;
import dev.brew.delivery.results.Machine;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import dev.brew.delivery.results.Scalars;
import dev.brew.delivery.results.Series;
import dev.brew.delivery.results.StoredInterval;
import dev.brew.delivery.results.SweepFile;
import dev.brew.delivery.results.TrialInfo;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.text.Median;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The searches of one path, one for each number of recipients, in the path's own JVM. Each measurement is written to disk as a
 * trial, and is a point in the report's chart of rates. All searches are open at the same time and take turns, one rate
 * each, with each other and with those of other paths: a slow phase of the machine affects all of them alike.
 */
public final class SweepCase {

    /** The measurements of a search, in the files' form of a benchmark's name; JMH does not know them. */
    private static final String SEARCHED = "dev.brew.delivery.load.Sweep.point";
    /** The measurements of {@link At}. */
    static final String FIXED = "dev.brew.delivery.load.Sweep.at";
    private static final int FIXED_TIMES = 3;
    /** First rate of a search, as a share of the rate without pauses; the edge of gRPC calls is near it. */
    private static final double FIRST = 0.7;
    /** Part of the longest warm-up with senders that wait for each event; it shows the rate that delays allow. */
    private static final int WAITING = 20;
    private static final MathContext DIGITS = new MathContext(3);
    /** A rate within this factor of the edge counts as near the edge. */
    private static final double NEAR = 1.15;

    private final List<Rig.Settings> settings;
    private final RateSweep.Limits limits;
    private final Load load;
    private final RunDirectory directory;
    private final PrintStream out;
    private final Turns turns;
    private final NanoClock clock = NanoClock.system();

    /** The turns of several paths: only one path measures at a time. */
    @FunctionalInterface
    public interface Turns {
        /** Ends this path's turn and waits for its next one. */
        void next() throws InterruptedException;
    }

    /**
     * The load at each rate.
     *
     * @param length     duration of the measured part
     * @param warmUp     longest warm-up; see {@link Rig#settle}
     * @param fromWarmUp true to start the search at a share of the rate of the warm-up
     * @param seed       of Poisson arrivals; each measurement has its own schedule
     * @param at         rates to measure after the search
     * @param atLength   duration of each of these measurements
     */
    public record Load(Arrivals.Process arrivals, Duration length, Duration warmUp, boolean fromWarmUp, long seed,
                       List<At> at, Duration atLength) {

        public Load {
            at = List.copyOf(at);
        }
    }

    /**
     * A rate to measure after the search.
     *
     * @param value  events/s, or a share of the edge: 0.8 for 80 %
     * @param ofEdge true for a share
     */
    public record At(double value, boolean ofEdge) {

        /**
         * Reads {@code 500} or {@code 80%}.
         *
         * @throws IllegalArgumentException if it is neither, or out of range; the message says so
         */
        public static At parse(String text) {
            if (!text.matches("\\d{1,9}(\\.\\d{1,9})?%?")) {
                throw new IllegalArgumentException("not a rate: '" + text + "'; 500 is one, and 80% of the edge");
            }
            boolean share = text.endsWith("%");
            double number = Double.parseDouble(text.replace("%", ""));
            if (share && (number <= 0 || number > 1000)) {
                throw new IllegalArgumentException("a share of the edge must be above 0% and at most 1000%, got " + text);
            }
            return new At(share ? number / 100 : Arrivals.requireRate(number), share);
        }

        private double rate(double edge) {
            return ofEdge ? value * edge : value;
        }
    }

    /**
     * @param settings  of one path; they differ in the number of recipients
     * @param directory gets the trials
     * @param turns     nothing is opened before the first turn
     */
    public SweepCase(List<Rig.Settings> settings, RateSweep.Limits limits, Load load, RunDirectory directory,
                     PrintStream out, Turns turns) {
        this.settings = List.copyOf(settings);
        this.limits = limits;
        this.load = load;
        this.directory = directory;
        this.out = out;
        this.turns = turns;
    }

    /** Runs the searches; writes the trials, and a {@link #fileOf} for each number of recipients. */
    public void run() throws Exception {
        turns.next();
        open(new ArrayList<>());
    }

    /** Opens the next rig while the others stay open; after the last one, runs all searches. */
    private void open(List<Search> searches) throws Exception {
        if (searches.size() == settings.size()) {
            search(searches);
            return;
        }
        Rig.Settings next = settings.get(searches.size());
        try (Rig rig = searches.isEmpty() ? Rig.open(next, clock, System.getProperties(), System.getenv())
                : searches.get(0).rig.beside(next.recipients())) {
            searches.add(settled(rig, next));
            open(searches);
        }
    }

    private Search settled(Rig rig, Rig.Settings opened) throws Exception {
        Rig.Driven warm = rig.settle(load.warmUp);
        out.printf(Locale.ROOT, "%s, N = %d: %s after %,.0f s, %,.0f/s without a pause%n", opened.path(), opened.recipients(),
                warm.curve().settled() ? "settled" : "not settled", warm.curve().seconds(), warm.rate());
        double reached = opened.delay().isNone() ? warm.rate()
                : rig.warmUp(load.warmUp.dividedBy(WAITING)); // settling runs without delays
        return new Search(rig, opened, load.fromWarmUp ? limits.from(FIRST * reached) : limits, warm.curve());
    }

    private void search(List<Search> searches) throws Exception {
        while (!searches.stream().allMatch(search -> search.sweep.isOver())) {
            turns.next();
            for (Search search : searches) {
                if (!search.sweep.isOver()) {
                    search.sweep.step();
                }
            }
        }
        for (Search search : searches) {
            directory.writeJson(fileOf(search.settings.path(), search.settings.recipients()), search.row(search.sweep.edge()));
        }
        for (int time = 0; time < FIXED_TIMES && !load.at.isEmpty(); time++) {
            turns.next();
            for (Search search : searches) {
                search.measureFixed();
            }
        }
    }

    /** The file of one edge; the parent reads it and writes sweep.json. */
    static String fileOf(String path, int recipients) {
        return "sweep-" + path + "-n" + recipients + ".json";
    }

    /** The reason for the end of a search. */
    static String why(RateSweep.Edge edge, double max) {
        return edge.at() != null && Double.isInfinite(edge.failed())
                ? "none did: --max " + BigDecimal.valueOf(max).stripTrailingZeros().toPlainString()
                + " ended the search, the edge may be higher" : edge.why();
    }

    private static double rounded(double rate) {
        return Double.isInfinite(rate) ? rate : new BigDecimal(rate, DIGITS).doubleValue();
    }

    /** The search for one number of recipients. */
    private final class Search {

        private final Rig rig;
        private final Rig.Settings settings;
        private final RateSweep.Limits limits;
        private final WarmUpCurve warmUp;
        private final RateSweep sweep;
        private final Map<String, Integer> tries = new HashMap<>();
        /** CPU time for each event in µs, by rate that held. */
        private final NavigableMap<Double, Double> cpu = new TreeMap<>();

        Search(Rig rig, Rig.Settings settings, RateSweep.Limits limits, WarmUpCurve warmUp) {
            this.rig = rig;
            this.settings = settings;
            this.limits = limits;
            this.warmUp = warmUp;
            this.sweep = new RateSweep(limits, rate ->
                    measure(SEARCHED, rounded(rate), load.length, Optional.of(limits.bound())));
        }

        void measureFixed() throws InterruptedException, IOException {
            double edge = sweep.edge().rate();
            List<Double> fixed = load.at.stream().map(at -> rounded(Math.min(at.rate(edge), Arrivals.MAX_RATE)))
                    .filter(rate -> rate > 0).distinct().sorted().toList(); // an edge of 0 has no shares
            for (double rate : fixed) {
                measure(FIXED, rate, load.atLength, Optional.empty());
            }
        }

        SweepFile.Row row(RateSweep.Edge edge) {
            RateSweep.Point at = edge.at();
            boolean found = at != null;
            return new SweepFile.Row(settings.path(), settings.recipients(), settings.delay().toString(), settings.payloadBytes(),
                    rounded(edge.rate()), found ? at.rates().achieved() : 0, found ? at.p50Nanos() : 0,
                    found ? at.p99Nanos() : 0, found ? at.p999Nanos() : 0,
                    Double.isInfinite(edge.failed()) ? null : rounded(edge.failed()), why(edge, limits.max()), warmUp.settled(),
                    cpuNear(edge.rate()));
        }

        private Double cpuNear(double edge) {
            Collection<Double> near = cpu.subMap(edge / NEAR, true, edge * NEAR, true).values();
            return near.isEmpty() ? null : (Double) Median.upper(near);
        }

        /** @param bound see {@link LoadPoint#measure} */
        private RateSweep.Point measure(String benchmark, double rate, Duration length, Optional<Duration> bound)
                throws InterruptedException, IOException {
            int number = tries.merge(benchmark + rate, 1, Integer::sum);
            LoadPoint measured = LoadPoint.measure(rig, clock, load.arrivals, rate, length, bound,
                    load.seed + Double.hashCode(rate) + number);
            Histogram completed = HistogramFiles.mergeBySeries(measured.intervals()).get(Series.COMPLETED_ONLY.get(0));
            if (completed == null) {
                return new RateSweep.Point(measured.outcome().rates(), 0, 0, 0,
                        "no event was over: " + measured.problems(), 0);
            }
            Quantiles quantiles = Quantiles.of(completed);
            RateSweep.Point point = new RateSweep.Point(measured.outcome().rates(), quantiles.p50(), quantiles.p99(),
                    quantiles.p999(), String.join("; ", measured.problems()),
                    measured.scalars().get(Scalars.COMPILING));
            if (point.fails(limits.bound()).isEmpty()) {
                cpu.put(rate, measured.scalars().get(Scalars.CLIENT_CPU)
                        + measured.scalars().getOrDefault(Scalars.BROKER_CPU, 0.0));
            }
            Map<String, String> measuredWith = new TreeMap<>(rig.settings());
            measuredWith.put("load.arrivals", load.arrivals.toString());
            measuredWith.put("load.ms", Long.toString(length.toMillis()));
            measuredWith.put("load.max-in-flight", Integer.toString(OpenLoop.MAX_IN_FLIGHT));
            bound.ifPresent(most -> measuredWith.put("load.given-up-above.ms", Long.toString(most.toMillis())));
            measuredWith.put("warm-up.most.ms", Long.toString(load.warmUp.toMillis()));
            measuredWith.putAll(Machine.jvm());
            directory.writeTrial(new TrialInfo(benchmark, params(rate), number, Instant.now().toString(), measuredWith,
                    1, measured.outcome().sent(), rig.recorder().series(), measured.scalars(), warmUp),
                    StoredInterval.of(measured.intervals()));
            out.printf(Locale.ROOT, "  %-15s N = %-3d %,9.0f/s  p50 %,8.1f ms  p99 %,8.1f ms  compilers %3.0f %%  %s%n",
                    settings.path(), settings.recipients(), rate, quantiles.p50() / 1e6, quantiles.p99() / 1e6,
                    100 * point.compiling(), point.fails(limits.bound()).orElse("holds"));
            return point;
        }

        private Map<String, String> params(double rate) {
            return Map.of("path", settings.path(), "recipients", Integer.toString(settings.recipients()), "delay",
                    settings.delay().toString(), "payloadBytes", Integer.toString(settings.payloadBytes()), "arrivals",
                    load.arrivals.toString(), "rate", BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString());
        }
    }
}
