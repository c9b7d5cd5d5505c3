package dev.brew.delivery.path.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Topics and groups of one cluster. Every failure is an {@link IllegalStateException} that says what could not be done
 * and why, within the time given. For one thread.
 */
public final class KafkaAdmin implements AutoCloseable {

    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String bootstrap;
    private final Duration patience;
    private final Admin admin;

    /** @param patience how long each request may take */
    public KafkaAdmin(String bootstrap, Duration patience) {
        this.bootstrap = bootstrap;
        this.patience = patience;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap,
                "default.api.timeout.ms", Long.toString(patience.toMillis()),
                "request.timeout.ms", Long.toString(Math.min(5_000, patience.toMillis()))));
    }

    /**
     * Creates a topic.
     *
     * @param replication empty: as the cluster has it by default
     */
    public void createTopic(String topic, int partitions, Optional<Short> replication) throws InterruptedException {
        get("create topic " + topic, admin.createTopics(
                List.of(new NewTopic(topic, Optional.of(partitions), replication))).all());
    }

    /**
     * Creates a topic unless it is there.
     *
     * @return true if it was not
     */
    public boolean createTopicIfAbsent(String topic, int partitions, Optional<Short> replication)
            throws InterruptedException {
        try {
            createTopic(topic, partitions, replication);
            return true;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    /** Partitions and replication of a topic; empty if there is none. */
    public Optional<Shape> shape(String topic) throws InterruptedException {
        try {
            TopicDescription description = get("describe topic " + topic,
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
            return Optional.of(new Shape(description.partitions().size(),
                    description.partitions().get(0).replicas().size()));
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * A topic's shape.
     *
     * @param partitions  1 or more
     * @param replication copies of each partition, 1 or more
     */
    public record Shape(int partitions, int replication) {

        @Override
        public String toString() {
            return partitions + (partitions == 1 ? " partition" : " partitions") + ", replication " + replication;
        }
    }

    /** Deletes a topic with all that is in it. */
    public void deleteTopic(String topic) throws InterruptedException {
        get("delete topic " + topic, admin.deleteTopics(List.of(topic)).all());
    }

    /** Deletes groups; waits for members that are leaving. One request: a broker that is gone is waited for once. */
    public void deleteGroups(List<String> groups) throws InterruptedException {
        List<String> left = groups;
        long end = System.nanoTime() + patience.toNanos();
        while (!left.isEmpty()) {
            List<String> notEmpty = new ArrayList<>();
            for (Map.Entry<String, KafkaFuture<Void>> one
                    : admin.deleteConsumerGroups(left).deletedGroups().entrySet()) {
                try {
                    get("delete group " + one.getKey(), one.getValue());
                } catch (IllegalStateException e) {
                    boolean stillLeaving = e.getCause() instanceof GroupNotEmptyException && System.nanoTime() < end;
                    if (stillLeaving) {
                        notEmpty.add(one.getKey());
                    } else if (!(e.getCause() instanceof GroupIdNotFoundException)) { // else it never joined
                        throw e;
                    }
                }
            }
            left = notEmpty;
            LockSupport.parkNanos(left.isEmpty() ? 1 : LOOK_EVERY_NANOS);
        }
    }

    private <T> T get(String what, KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof TimeoutException ? noAnswer(what, cause)
                    : new IllegalStateException("cannot " + what + ": " + cause.getMessage(), cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw noAnswer(what, e);
        }
    }

    private IllegalStateException noAnswer(String what, Throwable cause) {
        return new IllegalStateException("cannot " + what + ": no answer from Kafka at " + bootstrap + " within "
                + patience.toMillis() + " ms", cause);
    }

    @Override
    public void close() {
        admin.close(patience);
    }
}
