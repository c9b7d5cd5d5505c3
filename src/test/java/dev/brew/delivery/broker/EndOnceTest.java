package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A thread that would halt the JVM waits for the one that deletes the directory. */
class EndOnceTest {

    private final AtomicInteger done = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final EndOnce end = new EndOnce(this::delete);

    private void delete() {
        begun.countDown();
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        done.incrementAndGet();
    }

    @Test
    void whoeverComesLaterWaitsUntilItIsDoneOnce() throws Exception {
        AtomicInteger seen = new AtomicInteger(-1);
        Thread first = new Thread(end::end);
        first.start();
        begun.await();
        Thread second = new Thread(() -> {
            end.awaitIfBegun();
            seen.set(done.get());
        });
        second.start();
        Awaitility.await().until(() -> second.getState() == Thread.State.BLOCKED);
        assertThat(seen).hasValue(-1);
        mayEnd.countDown();
        first.join();
        second.join();
        assertThat(seen).hasValue(1);
        end.end();
        assertThat(done).hasValue(1);
    }

    @Test
    void nobodyWaitsForWhatHasNotBegun() {
        end.awaitIfBegun();
        assertThat(end.hasBegun()).isFalse();
        assertThat(done).hasValue(0);
    }
}
