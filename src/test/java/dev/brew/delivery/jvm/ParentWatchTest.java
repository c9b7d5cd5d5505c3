package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ParentWatchTest {

    private final List<String> seen = new ArrayList<>();

    @Test
    void linesAreToldAndTheEndOfTheInputEndsTheJvm() {
        watch(new StringReader("one\ntwo\n"), () -> seen.add("end"));
        assertThat(seen).containsExactly("one", "two", "end", "halt 3");
    }

    @Test
    void theJvmIsHaltedWhateverFailsBefore() {
        watch(new StringReader(""), () -> {
            throw new NoClassDefFoundError("of a jar that was built anew");
        });
        assertThat(seen).containsExactly("halt 3");
    }

    @Test
    void anInputThatBreaksIsAnEnd() {
        watch(new Reader() {
            @Override
            public int read(char[] to, int offset, int length) throws IOException {
                throw new IOException("broken");
            }

            @Override
            public void close() {
                // nothing is open
            }
        }, () -> seen.add("end"));
        assertThat(seen).containsExactly("end", "halt 3");
    }

    @Test
    void theThreadKeepsNoJvmAlive() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Thread watch = ParentWatch.start(new BufferedReader(new StringReader("")), seen::add, () -> {
            ended.countDown();
            awaitForEver(); // a return would halt this JVM
        }, 3);
        assertThat(watch.isDaemon()).isTrue();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.isAlive()).isTrue(); // so a JVM that joins it does not end before it is halted
    }

    private static void awaitForEver() {
        while (true) {
            LockSupport.park();
        }
    }

    private void watch(Reader in, Runnable atEnd) {
        ParentWatch.run(new BufferedReader(in), seen::add, atEnd, 3, code -> seen.add("halt " + code));
    }
}
