package dev.brew.delivery.results;

import java.util.Map;

/** The names in files of a trial's figures other than latencies. A trial has only those that apply to it. */
public final class Scalars {

    /** Open loop: events due ÷ the time in which they were due, events/s. */
    public static final String OFFERED = "offered";
    /** Open loop: offered × the share of events that completed in time, see {@code Throughput.rates}; events/s. */
    public static final String ACHIEVED = "achieved";
    /** Open loop: events that were due and never sent, because too many were in flight. */
    public static final String NEVER_SENT = "never-sent";
    /** Open loop: the largest number of events in flight. */
    public static final String MOST_IN_FLIGHT = "most-in-flight";
    /** Open loop: events that had neither completed nor failed at the end of the drain. */
    public static final String LATE = "late";
    /** Open loop: events that a target did not accept. */
    public static final String FAILED = "failed";
    /** Open loop: 1 if the load was aborted, because too many events were over the bound. */
    public static final String GAVE_UP = "gave-up";
    /** Sweep: time that the compilers of this JVM and of a process broker used ÷ elapsed time; each of their threads counts. */
    public static final String COMPILING = "compiling";
    /** CPU time of the sender's and the recipients' JVM, µs for each event. */
    public static final String CLIENT_CPU = "client-cpu";
    /** CPU time of all nodes of the broker, µs for each event. */
    public static final String BROKER_CPU = "broker-cpu";
    /** Bytes for each event in both directions, as the clients of the transport count them. */
    public static final String WIRE_BYTES = "wire-bytes";
    /** Sequential fan-out: mean of the whole ÷ sum of its calls' means. */
    public static final String SUM_OF_CALLS = "sum-of-calls";
    /** Parallel fan-out: p99 of the whole ÷ its expected value if the calls were independent. */
    public static final String INDEPENDENCE = "independence";

    private static final Map<String, String> UNITS = Map.ofEntries(Map.entry(OFFERED, "events/s"),
            Map.entry(ACHIEVED, "events/s"), Map.entry(NEVER_SENT, "events"), Map.entry(MOST_IN_FLIGHT, "events"),
            Map.entry(LATE, "events"), Map.entry(FAILED, "events"), Map.entry(GAVE_UP, "ratio"),
            Map.entry(COMPILING, "ratio"),
            Map.entry(CLIENT_CPU, "us/event"), Map.entry(BROKER_CPU, "us/event"), Map.entry(WIRE_BYTES, "B/event"),
            Map.entry(SUM_OF_CALLS, "ratio"), Map.entry(INDEPENDENCE, "ratio"));

    private Scalars() {
    }

    /** The unit of the figure {@code name}. */
    public static String unit(String name) {
        return UNITS.get(name);
    }
}
