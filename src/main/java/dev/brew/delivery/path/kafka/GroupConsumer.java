package dev.brew.delivery.path.kafka;

import dev.brew.delivery.recipient.Pause;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.text.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * One recipient's consumer group, with a single member: a consumer and its own thread. The poll loop is a thin adapter
 * to the recipient. A delay blocks the poll loop, as real work in it would.
 */
final class GroupConsumer implements AutoCloseable {

    /** Marks a record as a readiness probe, which is not passed to recipients. */
    static final String PROBE_HEADER = "delivery-probe";

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final long STOP_MILLIS = 10_000;

    private final Recipient recipient;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<Throwable> failure;
    private final Thread thread;
    private final Set<Integer> probedPartitions = new ConcurrentSkipListSet<>();
    private volatile boolean closed;
    private volatile boolean assigned;
    private volatile String death = "";

    /** @param failure receives the exception that ends the poll loop, on the loop's thread */
    GroupConsumer(Recipient recipient, KafkaConsumer<String, byte[]> consumer, String topic,
                  Consumer<Throwable> failure) {
        this.recipient = recipient;
        this.failure = failure;
        this.consumer = consumer;
        this.consumer.subscribe(Set.of(topic));
        this.thread = new Thread(this::loop, "group-" + recipient.name());
        this.thread.setDaemon(true);
        this.thread.start();
    }

    String name() {
        return recipient.name();
    }

    /** See {@link dev.brew.delivery.path.DeliveryPath#wireBytes}. */
    long wireBytes() {
        return KafkaSender.wireBytes(consumer.metrics());
    }

    /** The condition that this group still lacks before it is ready, in words; empty when it is ready. */
    String lacks(int partitions) {
        if (isDead()) {
            return "its consumer died: " + death;
        }
        if (!assigned) {
            return "no assignment";
        }
        Set<Integer> missing = unprobed(partitions);
        return missing.isEmpty() ? "" : "no probe seen on partitions " + missing;
    }

    /** The partitions from 0 to {@code partitions} - 1 that have delivered no probe yet. */
    Set<Integer> unprobed(int partitions) {
        Set<Integer> missing = new TreeSet<>();
        for (int i = 0; i < partitions; i++) {
            if (!probedPartitions.contains(i)) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** True if the poll loop has ended although {@link #stop} was not called. */
    boolean isDead() {
        return !closed && !thread.isAlive();
    }

    private void loop() {
        try {
            while (!closed) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    take(record);
                }
                if (!assigned) {
                    assigned = !consumer.assignment().isEmpty();
                }
            }
        } catch (WakeupException e) {
            if (!closed) {
                failure.accept(e);
            }
        } catch (RuntimeException | Error e) {
            death = e instanceof UnsupportedVersionException
                    ? e.getMessage() + " (this cluster's version of Kafka is too old for what was asked of it)" : Reason.of(e);
            failure.accept(new IllegalStateException("the consumer of " + recipient.name() + " died: " + death, e));
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE)); // the default waits 30 s for an unavailable broker
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        if (record.headers().lastHeader(PROBE_HEADER) != null) {
            assigned = true;
            probedPartitions.add(record.partition());
        } else {
            // the recipient's observer counts an invalid record, and the loop continues with the next one
            recipient.handle(record.value(), Pause.blocking(() -> closed), verdict -> { });
        }
    }

    /** Asks the loop to end, and cuts a running delay short; {@link #close} waits for the end. */
    void stop() {
        closed = true;
        consumer.wakeup();
        LockSupport.unpark(thread);
    }

    /** @throws IllegalStateException if the thread has not ended within ten seconds, and ten more after an interrupt */
    @Override
    public void close() throws InterruptedException {
        stop();
        thread.join(STOP_MILLIS);
        if (thread.isAlive()) {
            thread.interrupt(); // the loop may be in a long delay
            thread.join(STOP_MILLIS);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("the consumer of " + recipient.name() + " has not stopped");
        }
    }
}
