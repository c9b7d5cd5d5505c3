package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;

/**
 * The event is written once, keyed by its customer, to a topic of this path's own; each recipient is a consumer group.
 * What the sender waits for is the broker's ack: it learns nothing of the recipients.
 */
public final class KafkaPath implements DeliveryPath {

    private static final Duration READY = Duration.ofSeconds(30);
    private static final Duration ADMIN = Duration.ofSeconds(15);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String topic;
    private final KafkaOptions options;
    private final Map<String, String> settings;
    private final NanoClock clock;
    private final Admin admin;
    private final List<GroupConsumer> groups = new ArrayList<>();
    private KafkaProducer<String, byte[]> producer;
    private volatile boolean closed;

    private KafkaPath(Broker broker, KafkaOptions options, String run, NanoClock clock) {
        this.topic = "delivery-" + run;
        this.options = options;
        this.clock = clock;
        this.settings = new TreeMap<>(options.settings());
        this.settings.putAll(broker.settings());
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap(), "default.api.timeout.ms",
                Long.toString(ADMIN.toMillis()), "request.timeout.ms", "5000"));
    }

    /**
     * Creates the topic and starts a consumer group for each recipient; returns when each has been assigned its
     * partitions and has seen a probe from every one of them.
     *
     * @param run     of these events; it names topic and groups
     * @param failure told when a consumer dies, on that consumer's thread
     * @throws IllegalStateException if the topic cannot be made, or a group is not ready within 30 seconds; the
     *                               message names every group that is not, and what it lacks
     */
    public static KafkaPath open(Broker broker, KafkaOptions options, List<Recipient> recipients, NanoClock clock,
                                 String run, Consumer<Throwable> failure) throws Exception {
        return open(broker, options, recipients, clock, run, failure, READY);
    }

    static KafkaPath open(Broker broker, KafkaOptions options, List<Recipient> recipients, NanoClock clock,
                          String run, Consumer<Throwable> failure, Duration ready) throws Exception {
        KafkaPath path = new KafkaPath(broker, options, run, clock);
        try {
            path.createTopic();
            path.producer = new KafkaProducer<>(options.producerProperties(broker.bootstrap()));
            for (Recipient recipient : recipients) {
                path.groups.add(new GroupConsumer(recipient, options.consumerProperties(broker.bootstrap(),
                        path.group(recipient.name())), path.topic, failure));
            }
            path.awaitReady(ready);
            return path;
        } catch (Exception e) {
            try {
                path.close();
            } catch (Exception second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private void createTopic() throws InterruptedException {
        get("create topic " + topic, admin.createTopics(List.of(
                new NewTopic(topic, options.partitions(), options.replication()))).all());
    }

    /** One probe a partition is enough: a group that joins late reads from the start of the topic. */
    private void awaitReady(Duration ready) throws InterruptedException {
        for (int partition = 0; partition < options.partitions(); partition++) {
            ProducerRecord<String, byte[]> probe = new ProducerRecord<>(topic, partition, "probe", new byte[0]);
            probe.headers().add(GroupConsumer.PROBE_HEADER, "1".getBytes(StandardCharsets.US_ASCII));
            producer.send(probe);
        }
        producer.flush();
        long end = System.nanoTime() + ready.toNanos();
        while (groups.stream().anyMatch(group -> !group.lacks(options.partitions()).isEmpty())) {
            if (System.nanoTime() > end || groups.stream().anyMatch(GroupConsumer::isDead)) {
                throw new IllegalStateException("consumer groups not ready within " + ready.toMillis() + " ms: "
                        + groups.stream().filter(group -> !group.lacks(options.partitions()).isEmpty())
                                .map(group -> group.name() + " (" + group.lacks(options.partitions()) + ")")
                                .collect(Collectors.joining(", ")));
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private String group(String recipient) {
        return topic + "-" + recipient;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException(name() + " is closed"));
        }
        long started = clock.nanos();
        CompletableFuture<SendReport> report = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic, event.getCustomerId(), event.toByteArray()),
                    (metadata, failure) -> report.complete(report(started, metadata, failure)));
        } catch (RuntimeException e) { // the producer tells some failures by throwing
            report.complete(report(started, null, e));
        }
        return report;
    }

    private SendReport report(long started, RecordMetadata metadata, Exception failure) {
        long unblocked = clock.nanos();
        SendReport.Outcome outcome = failure == null
                ? new SendReport.Outcome(metadata.toString(), "OK", true, "", unblocked - started)
                : new SendReport.Outcome(topic, failure.getClass().getSimpleName(), false,
                        String.valueOf(failure.getMessage()), unblocked - started);
        return new SendReport(started, unblocked, List.of(outcome));
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    /** @throws IllegalStateException naming what has not stopped or was not deleted */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        List<String> left = new ArrayList<>();
        groups.forEach(GroupConsumer::stop); // all at once, so that their ends do not add up
        for (GroupConsumer group : groups) {
            attempt(left, group::close);
        }
        if (producer != null) {
            attempt(left, () -> producer.close(ADMIN));
        }
        attempt(left, this::deleteGroups);
        attempt(left, () -> get("delete topic " + topic, admin.deleteTopics(List.of(topic)).all()));
        attempt(left, () -> admin.close(ADMIN));
        if (!left.isEmpty()) {
            throw new IllegalStateException(String.join("; ", left));
        }
    }

    /** In one request, so that a broker that is gone is waited for once. */
    private void deleteGroups() throws InterruptedException {
        List<String> left = groups.stream().map(group -> group(group.name())).toList();
        long end = System.nanoTime() + ADMIN.toNanos();
        while (!left.isEmpty()) {
            List<String> notEmpty = new ArrayList<>();
            for (Map.Entry<String, KafkaFuture<Void>> one : admin.deleteConsumerGroups(left).deletedGroups().entrySet()) {
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

    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    private static void attempt(List<String> left, Step step) throws InterruptedException {
        try {
            step.run();
        } catch (RuntimeException e) {
            left.add(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static void get(String what, KafkaFuture<?> future) throws InterruptedException {
        try {
            future.get(ADMIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot " + what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot " + what + ": no answer within " + ADMIN.toMillis() + " ms", e);
        }
    }
}
