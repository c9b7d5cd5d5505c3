package dev.brew.delivery.suite;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The state that a failed run of JMH leaves in this JVM. JMH 1.37 keeps the state of a benchmark in a static field of the class
 * that it generates, and clears it only at the end of a run that succeeds. The next run of that benchmark would not set its own
 * state up: it would measure on the state of the failed run, which may have other parameters.
 */
final class StaleState {

    /** JMH's suffix of the classes of states. */
    private static final String STATE = "_jmhType";

    private StaleState() {
    }

    /**
     * Clears the state of a benchmark. No run of it may be under way.
     *
     * @param benchmark JMH's name
     * @throws IllegalStateException if JMH's generated class is not as expected
     */
    static void forget(String benchmark) {
        try {
            String target = entry(benchmark).generatedTarget();
            for (Field field : Class.forName(target.substring(0, target.lastIndexOf('.'))).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType().getName().endsWith(STATE)) {
                    field.setAccessible(true);
                    field.set(null, null);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the state of " + benchmark + " could not be cleared", e);
        }
    }

    private static BenchmarkListEntry entry(String benchmark) {
        return BenchmarkList.defaultList().getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT),
                List.of()).stream().filter(entry -> entry.getUsername().equals(benchmark)).findFirst().orElseThrow();
    }
}
