package dev.brew.delivery.results;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The machine, and the JVM, that a run was measured on, as far as they move the figures. */
public final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");

    private Machine() {
    }

    /** By name: {@code cpu.model}, {@code cpu.count}, {@code kernel} …; what cannot be read is unknown or none. */
    public static Map<String, String> describe() {
        Map<String, String> machine = new TreeMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("cpu.model", cpuModel());
        machine.put("cpu.count", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("memory.mib", Long.toString(memoryBytes() >> 20));
        machine.put("limit.cpu", limit("cpu.max"));
        machine.put("limit.memory", limit("memory.max"));
        return machine;
    }

    /** What of this JVM moves the figures: {@code jvm.gc}, and {@code jvm.heap.max.mib} as it was asked for. */
    public static Map<String, String> jvm() {
        // Runtime.maxMemory() is less while a collector of generations has a survivor space to spare, and changes
        String heap = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption("MaxHeapSize").getValue();
        return Map.of("jvm.heap.max.mib", Long.toString(Long.parseLong(heap) >> 20),
                "jvm.gc", ManagementFactory.getGarbageCollectorMXBeans().stream().map(MemoryManagerMXBean::getName).sorted()
                        .collect(Collectors.joining(", ")));
    }

    private static String cpuModel() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown"; // not Linux
        }
    }

    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize() : 0;
    }

    /** A container's limit (cgroup 2); "none" outside one. */
    private static String limit(String file) {
        try {
            return Files.readString(CGROUP.resolve(file)).trim();
        } catch (IOException e) {
            return "none";
        }
    }
}
