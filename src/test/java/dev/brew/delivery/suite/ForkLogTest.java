package dev.brew.delivery.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForkLogTest {

    @Test
    void aForkThatDiedIsExplainedByItsOwnTrialsOutputAlone() {
        ForkLog log = new ForkLog();
        log.see("Error: A JNI error has occurred");
        log.see("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space");
        log.see("java.lang.IllegalStateException: later");
        assertThat(log.explain("Forked VM failed with exit code 1"))
                .isEqualTo("Forked VM failed with exit code 1: java.lang.OutOfMemoryError: Java heap space");
        assertThat(log.explain("1 of 2 iterations came back")).isEqualTo("1 of 2 iterations came back");
        log.forget();
        assertThat(log.explain("Forked VM failed with exit code 1")).isEqualTo("Forked VM failed with exit code 1");
    }

    @Test
    void theReasonIsTheExceptionItselfNotJmhsAroundIt() {
        assertThat(ForkLog.reason("""
                # Run progress: 0.00% complete
                ERROR: org.openjdk.jmh.runner.RunnerException: Benchmark caught the exception
                org.openjdk.jmh.runner.RunnerException: Benchmark caught the exception
                \tat org.openjdk.jmh.runner.Runner.runBenchmarks(Runner.java:562)
                Caused by: org.openjdk.jmh.runner.BenchmarkException: Benchmark error during the run
                \tSuppressed: nothing
                java.lang.IllegalStateException: the setup is broken
                """, 1)).isEqualTo("the setup is broken");
        assertThat(ForkLog.reason("<forked VM failed with exit code 137>\n<stdout last='20 lines'>\n", 1))
                .isEqualTo("forked VM failed with exit code 137");
        assertThat(ForkLog.reason("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n", 1))
                .isEqualTo("java.lang.OutOfMemoryError: Java heap space");
        assertThat(ForkLog.reason("No such benchmark\n\n", 1)).isEqualTo("exit code 1: No such benchmark");
        assertThat(ForkLog.reason("", 7)).isEqualTo("exit code 7");
    }
}
