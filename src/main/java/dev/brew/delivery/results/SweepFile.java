package dev.brew.delivery.results;

import java.util.List;

/**
 * sweep.json.
 *
 * @param schema      version of this file's form
 * @param boundMillis upper bound of completed p99
 * @param edges       one for each path and number of recipients
 */
public record SweepFile(int schema, double boundMillis, List<Row> edges) {

    /** The version that this program writes and reads. */
    public static final int SCHEMA = 1;

    /**
     * An edge. Rates in events/s, latencies of <em>completed</em> in nanoseconds.
     *
     * @param edge      the rate that holds with probability 0.5; achieved rate and latencies are those of the highest rate up
     *                  to it that held
     * @param failed    lowest rate above it that did not hold; null if all did
     * @param why       reason why {@code failed} did not hold; if all rates held, that the search ended at its highest rate
     * @param settled   false if the path had not settled at the end of its warm-up
     * @param cpuMicros CPU time for each event near the edge in µs, of sender, recipients and of a broker that reports its own:
     *                  the median of the rates that held; null if none did
     */
    public record Row(String path, int recipients, String delay, int payloadBytes, double edge, double achieved, long p50,
                      long p99, long p999, Double failed, String why, boolean settled, Double cpuMicros) {

        /**
         * Number of busy cores at the edge; NaN if unknown. If a repeated edge differs and this number does not, the CPU time
         * for each event has changed: by the machine, or by the code.
         */
        public double cores() {
            return cpuMicros == null ? Double.NaN : edge * cpuMicros / 1e6;
        }
    }
}
