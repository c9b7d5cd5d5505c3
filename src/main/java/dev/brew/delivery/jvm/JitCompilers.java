package dev.brew.delivery.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** The just-in-time compilers of this JVM. Safe for use by several threads. */
public final class JitCompilers {

    /** HotSpot's default, for a JVM that does not tell its own. */
    private static final long USUAL = 5_000;

    private JitCompilers() {
    }

    /** How long they have worked so far, over all their threads; 0 if this JVM has none ({@code -Xint}). */
    public static long millis() {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        return compilers == null ? 0 : compilers.getTotalCompilationTime();
    }

    /**
     * The number of calls after which the optimizing compiler takes a method without loops: the flag
     * {@code Tier4InvocationThreshold}, or {@code CompileThreshold} without tiered compilation. Code that was called less
     * often runs interpreted, and keeps no compiler busy.
     *
     * @return {@link Long#MAX_VALUE} if this JVM has no compiler
     */
    public static long callsUntilHot() {
        if (ManagementFactory.getCompilationMXBean() == null) {
            return Long.MAX_VALUE;
        }
        boolean tiered = option("TieredCompilation").map(Boolean::parseBoolean).orElse(true);
        return option(tiered ? "Tier4InvocationThreshold" : "CompileThreshold").map(Long::parseLong).orElse(USUAL);
    }

    private static Optional<String> option(String name) {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return Optional.ofNullable(jvm).map(known -> known.getVMOption(name)).map(VMOption::getValue);
        } catch (IllegalArgumentException e) { // another JVM than HotSpot
            return Optional.empty();
        }
    }
}
