package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
    private final KafkaAdmin admin;
    private final List<GroupConsumer> groups = new ArrayList<>();
    private KafkaSender sender;

    private KafkaPath(Broker broker, KafkaOptions options, String run) {
        this.topic = "delivery-" + run;
        this.options = options;
        this.settings = new TreeMap<>(options.settings());
        this.settings.putAll(broker.settings());
        this.settings.put("kafka.replication", Integer.toString(Math.max(options.replication(), broker.replication())));
        this.admin = new KafkaAdmin(broker.bootstrap(), ADMIN);
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
        KafkaPath path = new KafkaPath(broker, options, run);
        try {
            path.admin.createTopic(path.topic, options.partitions(),
                    Optional.of((short) Math.max(options.replication(), broker.replication())));
            path.sender = new KafkaSender(broker.bootstrap(), options, path.topic, clock);
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

    /** One probe a partition is enough: a group that joins late reads from the start of the topic. */
    private void awaitReady(Duration ready) throws InterruptedException {
        sender.sendProbes(options.partitions());
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
        return sender.name();
    }

    @Override
    public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
        return sender.deliver(event);
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    /** @throws IllegalStateException naming what has not stopped or was not deleted */
    @Override
    public void close() throws InterruptedException {
        List<String> left = new ArrayList<>();
        groups.forEach(GroupConsumer::stop); // all at once, so that their ends do not add up
        for (GroupConsumer group : groups) {
            attempt(left, group::close);
        }
        if (sender != null) {
            attempt(left, sender::close);
        }
        attempt(left, () -> admin.deleteGroups(groups.stream().map(group -> group(group.name())).toList()));
        attempt(left, () -> admin.deleteTopic(topic));
        attempt(left, admin::close);
        if (!left.isEmpty()) {
            throw new IllegalStateException(String.join("; ", left));
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
}
