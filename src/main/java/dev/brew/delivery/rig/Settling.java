package dev.brew.delivery.rig;

import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.results.WarmUpCurve;
import dev.brew.delivery.results.WarmUpCurve.Look;
import dev.brew.delivery.text.Median;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Decides when a row has settled. A row is put under load and looked at in turn; a look is a short closed loop with one
 * sender, the load that is measured later. The row has settled when, over its last {@value #LOOKS} looks, the compilers of
 * its JVMs were at rest, the median of these looks has not fallen below that of the {@value #LOOKS} looks half-way back,
 * but {@value #BACK} looks back at most, and its code has been called often enough to be compiled. Half-way back, and not
 * just before: a row that falls by some percent from four looks to the next four, for ever, is not level. All three are
 * needed: a compiler that rests for a moment says nothing about code that will be hot, interpreted code that is not hot
 * yet has a level too, and the compiler of a broker that is no child process cannot be asked. A fixed time is no
 * criterion: ten consumers need several times as long as ten calls. The rule itself is pure arithmetic.
 */
public final class Settling {

    /** The longest time to settle, unless the user gives one. */
    public static final Duration DEFAULT_MOST = Duration.ofSeconds(120);
    /** In these looks the compilers must be at rest; earlier looks are compared with these. */
    static final int LOOKS = 4;
    /** From further back, a row would wait longer for the end of each slow spell of the machine. */
    static final int BACK = 6;
    /** A compiler that works less than this share of the time, over all its threads, is at rest. */
    private static final double QUIET = 0.15;
    /** The median of four looks varies by a few percent; it has fallen if it is below this share of the earlier one. */
    private static final double FALLEN = 0.95;
    /** Code gets hot by calls, not by seconds: a load lasts for so many events one after another, within these bounds. */
    private static final int EVENTS_OF_LOAD = 500;
    private static final Duration SHORTEST_LOAD = Duration.ofMillis(300);
    private static final Duration LONGEST_LOAD = Duration.ofMillis(1200);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration BRIEF = Duration.ofMillis(100);

    private final List<Look> looks = new ArrayList<>();
    private boolean hot;

    Settling() {
    }

    /** A row under warm-up. All methods are called by one thread. */
    public interface Row {

        /** Puts it under load, so that its code gets hot; throws if an event was not delivered. */
        void load(Duration time) throws Exception;

        /** The median of a closed loop with one sender, in µs; throws if an event was not delivered. */
        double look(Duration time) throws Exception;

        /** True for a floor, whose events take microseconds: it needs short steps only. */
        default boolean isFloor() {
            return false;
        }

        /** How long the compilers of all JVMs involved have worked so far. */
        long compilerMillis() throws Exception;

        /** True once it has been called more often than {@link dev.brew.delivery.jvm.JitCompilers#callsUntilHot}. */
        boolean isHot();
    }

    /** Follows a warm-up. */
    public interface Watcher {

        /**
         * Called after each round. The next round waits until it returns.
         *
         * @param left the indexes of the rows that have not settled
         */
        void round(Duration elapsed, List<Integer> left) throws InterruptedException;

        /** Called when a row fails; it is not loaded again. */
        void failed(int row, Exception why);
    }

    /**
     * Adds the next look.
     *
     * @param isHot see {@link Row#isHot}
     */
    void add(Look look, boolean isHot) {
        looks.add(look);
        hot = isHot;
    }

    private Duration load() {
        if (looks.isEmpty()) {
            return LONGEST_LOAD;
        }
        Duration events = Duration.ofNanos(Math.round(EVENTS_OF_LOAD * 1000 * looks.get(looks.size() - 1).micros()));
        return events.compareTo(SHORTEST_LOAD) < 0 ? SHORTEST_LOAD : events.compareTo(LONGEST_LOAD) > 0 ? LONGEST_LOAD : events;
    }

    boolean isSettled() {
        return hot && isLevel() && looks.subList(looks.size() - LOOKS, looks.size()).stream().mapToDouble(Look::compiling)
                .average().orElseThrow() < QUIET;
    }

    /** True if the median no longer falls. */
    private boolean isLevel() {
        int last = looks.size() - LOOKS;
        int back = Math.min(Math.max(LOOKS, (last + 1) / 2), BACK);
        return last >= LOOKS && median(last) >= FALLEN * median(last - back);
    }

    private double median(int from) {
        return Median.of(looks.subList(from, from + LOOKS).stream().mapToDouble(Look::micros).sorted().toArray());
    }

    private WarmUpCurve curve(double seconds) {
        return new WarmUpCurve(isSettled(), looks.isEmpty() ? seconds : looks.get(looks.size() - 1).seconds(), looks);
    }

    /**
     * Warms rows up side by side, in rounds of random order, until each has settled. A row that has settled is left alone. A
     * row that is level and only waits for the compilers, which other rows may keep busy, waits until no row is falling.
     *
     * @param most the longest time for all rows together; zero: no warm-up
     * @return a curve for each row; a row that failed has the looks before its failure, and has not settled
     */
    public static List<WarmUpCurve> all(List<? extends Row> rows, Duration most, Random order, NanoClock clock,
                                        Watcher watcher) throws InterruptedException {
        long start = clock.nanos();
        long end = start + most.toNanos();
        List<Settling> states = rows.stream().map(row -> new Settling()).toList();
        List<Integer> left = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        while (!left.isEmpty() && clock.nanos() < end) {
            List<Integer> falling = left.stream().filter(i -> !states.get(i).isLevel()).toList();
            List<Integer> inTurn = new ArrayList<>(falling.isEmpty() ? left : falling);
            Collections.shuffle(inTurn, order);
            for (int i : inTurn) {
                if (clock.nanos() < end && !step(rows.get(i), states.get(i), start, end, clock, why -> watcher.failed(i, why))) {
                    left.remove((Integer) i);
                }
            }
            watcher.round(Duration.ofNanos(clock.nanos() - start), List.copyOf(left));
        }
        double seconds = (clock.nanos() - start) / 1e9;
        return states.stream().map(state -> state.curve(seconds)).toList();
    }

    /**
     * Warms one row up until it has settled.
     *
     * @throws Exception if an event was not delivered
     */
    public static WarmUpCurve one(Row row, Duration most, NanoClock clock) throws Exception {
        List<Exception> failures = new ArrayList<>();
        List<WarmUpCurve> curves = all(List.of(row), most, new Random(0), clock, new Watcher() {
            @Override
            public void round(Duration elapsed, List<Integer> left) {
                // nobody waits for a single row's progress
            }

            @Override
            public void failed(int index, Exception why) {
                failures.add(why);
            }
        });
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return curves.get(0);
    }

    private interface OnFailure {
        void failed(Exception why);
    }

    /** False if the row has settled or failed. */
    private static boolean step(Row row, Settling state, long start, long end, NanoClock clock, OnFailure onFailure)
            throws InterruptedException {
        try {
            row.load(atMost(row.isFloor() ? BRIEF : state.load(), end - clock.nanos()));
            long began = clock.nanos();
            long compiled = row.compilerMillis();
            double micros = row.look(row.isFloor() ? BRIEF : LOOK);
            long now = clock.nanos();
            double compiling = (double) TimeUnit.MILLISECONDS.toNanos(row.compilerMillis() - compiled) / Math.max(1, now - began);
            state.add(new Look((now - start) / 1e9, micros, compiling), row.isHot());
            return !state.isSettled();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            onFailure.failed(e);
            return false;
        }
    }

    private static Duration atMost(Duration time, long leftNanos) {
        return Duration.ofNanos(Math.min(time.toNanos(), Math.max(1, leftNanos)));
    }
}
