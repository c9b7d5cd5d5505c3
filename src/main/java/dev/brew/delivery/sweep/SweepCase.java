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
import dev.brew.delivery.results.TrialInfo;
import dev.brew.delivery.rig.Rig;
import dev.brew.delivery.rig.Settling;
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
 * The sweeps of one path, for each number of recipients, in a JVM of its own: every measurement is a trial on disk as soon
 * as it has ended, and so a point of the page's chart of rates. All are open side by side and take turns, a rate each, with
 * each other and with those of other paths, so that whatever slows the machine for a while meets all of them.
 */
public final class SweepCase {

    /** As they stand in files; no benchmarks of JMH's. */
    private static final String SEARCHED = "dev.brew.delivery.load.Sweep.point";
    /** What {@link At} asked for. */
    static final String FIXED = "dev.brew.delivery.load.Sweep.at";
    private static final int FIXED_TIMES = 3;
    /** Where a search begins: this share of the rate without a pause, near which the edge of calls is. */
    private static final double FIRST = 0.7;
    /** What part of the longest warm-up goes to senders that wait for each event, to see what delays make of the rate. */
    private static final int WAITING = 20;
    private static final MathContext DIGITS = new MathContext(3);
    /** What held within this factor of the edge was as busy as at the edge. */
    private static final double NEAR = 1.15;

    private final List<Rig.Settings> settings;
    private final RateSweep.Limits limits;
    private final Load load;
    private final RunDirectory directory;
    private final PrintStream out;
    private final Turns turns;
    private final NanoClock clock = NanoClock.system();

    /** Who measures: two at once would measure each other. */
    @FunctionalInterface
    public interface Turns {
        /** Ends this path's turn, and returns when it has the next one. */
        void next() throws InterruptedException;
    }

    /**
     * How each rate is offered.
     *
     * @param length of the measured part
     * @param warmUp of the fresh path, at most; see {@link Rig#settle}
     * @param fromWarmUp true to begin the search at a share of what the warm-up reached
     * @param seed   of Poisson arrivals; every measurement has a schedule of its own
     * @param at     what is measured once the edge is known
     * @param atLength of each of its measurements
     */
    public record Load(Arrivals.Process arrivals, Duration length, Duration warmUp, boolean fromWarmUp, long seed,
                       List<At> at, Duration atLength) {

        public Load {
            at = List.copyOf(at);
        }
    }

    /**
     * A rate that is wanted whatever the edge is.
     *
     * @param value  events/s, or a share of the edge: 0.8 for 80 %
     * @param ofEdge which of the two
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
     * The edge that was found, as sweep.json has it. Rates in events/s, latencies of <em>completed</em> in nanoseconds.
     *
     * @param edge   see {@link RateSweep.Edge#rate}; achieved and latencies are of the highest rate not above it that held
     * @param failed the lowest rate above it that did not; null if all did
     * @param why    that one did not; if all did, that the search ended at its highest rate
     * @param settled false if the path had not settled when its warm-up had to end
     * @param cpuMicros CPU time of an event near the edge, of this JVM and of a broker that can be asked: the median of the rates
     *                  that held there, in µs; null if none did
     */
    public record Row(String path, int recipients, String delay, int payloadBytes, double edge, double achieved, long p50, long p99,
                      long p999, Double failed, String why, boolean settled, Double cpuMicros) {

        /**
         * How many cores are busy at the edge; NaN if that is not known. Where an edge that is measured again differs and this
         * does not, an event took more CPU time or less: the machine, or the code.
         */
        double cores() {
            return cpuMicros == null ? Double.NaN : edge * cpuMicros / 1e6;
        }
    }

    /**
     * @param settings  of one path; they differ in the number of recipients
     * @param directory where the trials go
     * @param turns     nothing is opened before the first one; when all are over, so is the last turn
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

    /** Searches, and leaves a {@link #fileOf} for each number of recipients beside the trials. */
    public void run() throws Exception {
        turns.next();
        open(new ArrayList<>());
    }

    /** Opens the next one beside those that are open; with the last one, all are searched. */
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

    private Search settled(Rig rig, Rig.Settings one) throws InterruptedException {
        Settling settling = rig.settle(load.warmUp);
        out.printf(Locale.ROOT, "%s, N = %d: %s after %,.0f s, %,.0f/s without a pause%n", one.path(), one.recipients(),
                settling.isSettled() ? "settled" : "not settled", settling.took().toNanos() / 1e9, settling.rate());
        double reached = one.delay().isNone() ? settling.rate()
                : rig.warmUp(load.warmUp.dividedBy(WAITING)); // it settles without delays
        return new Search(rig, one, load.fromWarmUp ? limits.from(FIRST * reached) : limits, settling.isSettled());
    }

    private void search(List<Search> searches) throws Exception {
        while (!searches.stream().allMatch(one -> one.sweep.isOver())) {
            turns.next();
            for (Search one : searches) {
                if (!one.sweep.isOver()) {
                    one.sweep.step();
                }
            }
        }
        for (Search one : searches) {
            directory.writeJson(fileOf(one.settings.path(), one.settings.recipients()), one.row(one.sweep.edge()));
        }
        for (int time = 0; time < FIXED_TIMES && !load.at.isEmpty(); time++) {
            turns.next();
            for (Search one : searches) {
                one.measureFixed();
            }
        }
    }

    /** Where a case leaves an edge for whoever sums up. */
    static String fileOf(String path, int recipients) {
        return "sweep-" + path + "-n" + recipients + ".json";
    }

    /** Why the search ended. */
    static String why(RateSweep.Edge edge, double max) {
        return edge.at() != null && Double.isInfinite(edge.failed())
                ? "none did: --max " + BigDecimal.valueOf(max).stripTrailingZeros().toPlainString()
                + " ended the search, the edge may be higher" : edge.why();
    }

    private static double rounded(double rate) {
        return Double.isInfinite(rate) ? rate : new BigDecimal(rate, DIGITS).doubleValue();
    }

    /** One number of recipients. */
    private final class Search {

        private final Rig rig;
        private final Rig.Settings settings;
        private final RateSweep.Limits limits;
        private final boolean settled;
        private final RateSweep sweep;
        private final Map<String, Integer> tries = new HashMap<>();
        /** In µs for each event, by the rates that held. */
        private final NavigableMap<Double, Double> cpu = new TreeMap<>();

        Search(Rig rig, Rig.Settings settings, RateSweep.Limits limits, boolean settled) {
            this.rig = rig;
            this.settings = settings;
            this.limits = limits;
            this.settled = settled;
            this.sweep = new RateSweep(limits, rate ->
                    measure(SEARCHED, rounded(rate), load.length, Optional.of(limits.bound())));
        }

        void measureFixed() throws InterruptedException, IOException {
            double edge = sweep.edge().rate();
            List<Double> fixed = load.at.stream().map(at -> rounded(Math.min(at.rate(edge), Arrivals.MAX_RATE)))
                    .filter(rate -> rate > 0).distinct().sorted().toList(); // without an edge, there is no share of it
            for (double rate : fixed) {
                measure(FIXED, rate, load.atLength, Optional.empty());
            }
        }

        Row row(RateSweep.Edge edge) {
            RateSweep.Point at = edge.at();
            boolean found = at != null;
            return new Row(settings.path(), settings.recipients(), settings.delay().toString(), settings.payloadBytes(),
                    rounded(edge.rate()), found ? at.rates().achieved() : 0, found ? at.p50Nanos() : 0,
                    found ? at.p99Nanos() : 0, found ? at.p999Nanos() : 0,
                    Double.isInfinite(edge.failed()) ? null : rounded(edge.failed()), why(edge, limits.max()), settled,
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
            Map<String, String> told = new TreeMap<>(rig.settings());
            told.put("load.arrivals", load.arrivals.toString());
            told.put("load.ms", Long.toString(length.toMillis()));
            told.put("load.max-in-flight", Integer.toString(OpenLoop.MAX_IN_FLIGHT));
            bound.ifPresent(most -> told.put("load.given-up-above.ms", Long.toString(most.toMillis())));
            told.put("warm-up.most.ms", Long.toString(load.warmUp.toMillis()));
            told.putAll(Machine.jvm());
            directory.writeTrial(new TrialInfo(benchmark, params(rate), number, Instant.now().toString(), told, 1,
                    measured.outcome().sent(), rig.recorder().series(), measured.scalars()), measured.intervals());
            out.printf(Locale.ROOT, "  %-15s N = %-3d %,9.0f/s  p50 %,8.1f ms  p99 %,8.1f ms  compilers %3.0f %%  %s%n",
                    settings.path(), settings.recipients(), rate, quantiles.p50() / 1e6, quantiles.p99() / 1e6, 100 * point.compiling(),
                    point.fails(limits.bound()).orElse("holds"));
            return point;
        }

        private Map<String, String> params(double rate) {
            return Map.of("path", settings.path(), "recipients", Integer.toString(settings.recipients()), "delay",
                    settings.delay().toString(), "payloadBytes", Integer.toString(settings.payloadBytes()), "arrivals",
                    load.arrivals.toString(), "rate", BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString());
        }
    }
}
