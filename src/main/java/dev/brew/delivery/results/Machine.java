package dev.brew.delivery.results;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryManagerMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The properties of the machine and of the JVM that affect the figures of a run. */
public final class Machine {

    /** Sizes of memory, of which the kernel reserves a part: they differ a little from boot to boot. */
    private static final Set<String> SIZES = Set.of("memory.mib", "limit.memory");
    private static final double SIZE_TOLERANCE = 0.02;
    private static final String NONE = "none";
    private static final String UNKNOWN = "unknown";
    /** The fields that identify a processor, by architecture. ARM has no model name, and may have several kinds of cores. */
    private static final List<List<String>> MODELS = List.of(List.of("model name"),
            List.of("CPU implementer", "CPU part", "CPU variant", "CPU revision"), List.of("cpu model"), List.of("cpu"),
            List.of("uarch"));

    private Machine() {
    }

    /**
     * By name: {@code cpu.model}, {@code cpu.count}, {@code kernel} …; a value that cannot be read is unknown or none.
     * {@code cpu.count} is the number of processors that the JVM sees; {@code limit.cpu} the processors' time and
     * {@code limit.memory} the memory that control groups allow this process.
     */
    public static Map<String, String> describe() {
        return describe(Path.of("/"));
    }

    /** @param root where /proc and the control groups' mount points are */
    static Map<String, String> describe(Path root) {
        Cgroups groups = new Cgroups(root);
        Map<String, String> machine = new TreeMap<>();
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("cpu.model", cpuModel(root.resolve("proc/cpuinfo")));
        machine.put("cpu.count", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("memory.mib", Long.toString(memoryBytes() >> 20));
        OptionalDouble processors = groups.processors();
        machine.put("limit.cpu", processors.isEmpty() ? NONE : processors(processors.getAsDouble()));
        OptionalLong memory = groups.memory();
        machine.put("limit.memory", memory.isEmpty() ? NONE : (memory.getAsLong() >> 20) + " MiB");
        return machine;
    }

    /** True if two descriptions are those of one machine under the same limits. */
    public static boolean isSame(Map<String, String> machine, Map<String, String> other) {
        return machine.keySet().equals(other.keySet())
                && machine.keySet().stream().allMatch(name -> isAlike(name, machine.get(name), other.get(name)));
    }

    /**
     * True if the values of {@code name} are the same; sizes of memory may differ by 2 %. Values in the form of earlier
     * versions, which is the form of the control group's file, are accepted.
     */
    public static boolean isAlike(String name, String value, String other) {
        String left = limit(name, value);
        String right = limit(name, other);
        if (left.equals(right)) {
            return true;
        }
        OptionalDouble a = SIZES.contains(name) ? number(left) : OptionalDouble.empty();
        OptionalDouble b = SIZES.contains(name) ? number(right) : OptionalDouble.empty();
        return a.isPresent() && b.isPresent() && Math.abs(a.getAsDouble() - b.getAsDouble())
                <= SIZE_TOLERANCE * Math.max(a.getAsDouble(), b.getAsDouble());
    }

    /**
     * The value as this version writes it: {@code max 100000} was no limit, {@code 50000 100000} was half a processor.
     */
    private static String limit(String name, String value) {
        if (name.startsWith("limit.") && value.matches("max( \\d+)?")) {
            return NONE;
        }
        if (name.equals("limit.cpu") && value.matches("\\d+ \\d+")) {
            String[] words = value.split(" ");
            return processors(Double.parseDouble(words[0]) / Double.parseDouble(words[1]));
        }
        return name.equals("limit.memory") && value.matches("\\d{1,18}") ? (Long.parseLong(value) >> 20) + " MiB" : value;
    }

    private static OptionalDouble number(String value) {
        return value.matches("\\d{1,15}( MiB)?") ? OptionalDouble.of(Double.parseDouble(value.replace(" MiB", "")))
                : OptionalDouble.empty();
    }

    private static String processors(double quota) {
        return String.format(Locale.ROOT, "%.2f processors", quota);
    }

    /** The properties of this JVM: {@code jvm.gc}, and {@code jvm.heap.max.mib} as it was requested. */
    public static Map<String, String> jvm() {
        // Runtime.maxMemory() excludes a spare survivor space of a generational collector, and changes
        String heap = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption("MaxHeapSize").getValue();
        return Map.of("jvm.heap.max.mib", Long.toString(Long.parseLong(heap) >> 20),
                "jvm.gc", ManagementFactory.getGarbageCollectorMXBeans().stream().map(MemoryManagerMXBean::getName).sorted()
                        .collect(Collectors.joining(", ")));
    }

    private static String cpuModel(Path info) {
        Map<String, Set<String>> fields = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(info)) {
            lines.map(line -> line.split(":", 2)).filter(parts -> parts.length == 2).forEach(parts ->
                    fields.computeIfAbsent(parts[0].strip(), name -> new TreeSet<>()).add(parts[1].strip()));
        } catch (IOException | UncheckedIOException e) {
            return UNKNOWN; // not Linux
        }
        return MODELS.stream().filter(names -> fields.containsKey(names.get(0)))
                .map(names -> names.size() == 1 ? String.join(", ", fields.get(names.get(0)))
                        : names.stream().filter(fields::containsKey).map(name -> name.replace("CPU ", "") + " "
                                + String.join("/", fields.get(name))).collect(Collectors.joining(", ")))
                .findFirst().orElse(UNKNOWN);
    }

    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize() : 0;
    }
}
