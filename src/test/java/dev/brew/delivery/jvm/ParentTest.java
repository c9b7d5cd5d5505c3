package dev.brew.delivery.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ParentTest {

    private final List<String> seen = new ArrayList<>();

    /** A task. */
    record Task(Path directory, String text, Map<String, String> properties, Thread.State state) {
    }

    @Test
    void theFirstLineIsTheTaskAndTheOthersAreTheWatchs() throws Exception {
        Task task = new Task(Path.of("/tmp/ü ö"), "two\nlines", Map.of("a", "b"), Thread.State.NEW);
        Parent parent = new Parent(new StringReader(ChildProcess.json(task) + "\nnext\n"));
        assertThat(parent.task(Task.class)).isEqualTo(task);
        parent.run(seen::add, () -> { }, 3, code -> seen.add("halt " + code));
        assertThat(seen).containsExactly("next", "halt 3");
    }

    @Test
    void aParentThatEndsBeforeItWritesTheTaskIsNamed() {
        assertThatThrownBy(() -> new Parent(new StringReader("")).task(Task.class, () -> seen.add("gone")))
                .isInstanceOf(IOException.class).hasMessage("the parent ended before it wrote a Task");
        assertThat(seen).containsExactly("gone");
    }

    @Test
    void aParentThatEndsWhileItWritesTheTaskIsGoneToo() {
        assertThatThrownBy(() -> new Parent(new StringReader("{\"directory\":")).task(Task.class, () -> seen.add("gone")))
                .isInstanceOf(IOException.class);
        assertThat(seen).containsExactly("gone");
    }

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
        Thread watch = new Parent(new StringReader("")).watch(seen::add, () -> {
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
        new Parent(in).run(seen::add, atEnd, 3, code -> seen.add("halt " + code));
    }
}
