package dev.brew.delivery.rig;

import com.sun.management.OperatingSystemMXBean;
import dev.brew.delivery.results.Scalars;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The resources used so far.
 *
 * @param clientCpuNanos of this JVM: sender, recipients, and the harness with its compiler and collector
 * @param brokerCpu      of the broker, as the system counts it: in hundredths of a second
 * @param wireBytes      see {@link dev.brew.delivery.path.DeliveryPath#wireBytes}
 */
public record Usage(long clientCpuNanos, Optional<Duration> brokerCpu, OptionalLong wireBytes) {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final double NANOS_PER_MICRO = 1000.0;

    /** The usage from the start of this JVM until now. */
    public static Usage now(OptionalLong wireBytes, Optional<Duration> brokerCpu) {
        return new Usage(SYSTEM.getProcessCpuTime(), brokerCpu, wireBytes);
    }

    /** The usage per event, of {@code events} between this and {@code later}. Values that are not known are absent. */
    public Map<String, Double> until(Usage later, long events) {
        Map<String, Double> used = new TreeMap<>();
        if (events > 0) {
            used.put(Scalars.CLIENT_CPU, (later.clientCpuNanos - clientCpuNanos) / NANOS_PER_MICRO / events);
            if (brokerCpu.isPresent() && later.brokerCpu.isPresent()) {
                used.put(Scalars.BROKER_CPU, later.brokerCpu.get().minus(brokerCpu.get()).toNanos() / NANOS_PER_MICRO
                        / events);
            }
            if (wireBytes.isPresent() && later.wireBytes.isPresent()) {
                used.put(Scalars.WIRE_BYTES, (double) (later.wireBytes.getAsLong() - wireBytes.getAsLong()) / events);
            }
        }
        return used;
    }
}
