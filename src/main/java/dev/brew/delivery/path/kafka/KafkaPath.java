package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.Broker;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.text.Few;
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Delivery over Kafka. The sender writes each event once, keyed by its customer, to a topic that this path creates.
 * Each recipient is a consumer group. The sender waits for the broker's ack, and gets no reply from the recipients.
 */
public final class KafkaPath implements DeliveryPath {

    /** Prefix of the names of this path's topics and groups; a run's id follows. */
    static final String PREFIX = "delivery-bench-";

    /** Name prefix of the settings that come from a file of client properties. */
    private static final String CLIENT = "kafka.client.";
    private static final Duration READY = Duration.ofSeconds(30);
    private static final Duration READY_EACH = Duration.ofMillis(200);
    private static final Duration ADMIN = Duration.ofSeconds(15);
    private static final long PROBE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String topic;
    private final KafkaOptions options;
    private final Map<String, String> settings;
    private final KafkaAdmin admin;
    private final List<GroupConsumer> groups = new CopyOnWriteArrayList<>();
    private final Broker broker;
    private final Consumer<Throwable> failure;
    private final Thread atExit;
    private KafkaSender sender;
    private boolean refused;

    private KafkaPath(Broker broker, KafkaOptions options, String run, Consumer<Throwable> failure) {
        this.broker = broker;
        this.failure = failure;
        this.topic = PREFIX + run;
        this.options = options;
        this.settings = new TreeMap<>(options.settings(broker.client()));
        this.settings.putAll(broker.settings());
        this.settings.keySet().removeIf(name -> name.startsWith(CLIENT) && options.pins(name.substring(CLIENT.length())));
        this.admin = new KafkaAdmin(broker.bootstrap(), broker.client(), ADMIN);
        this.atExit = new Thread(this::deleteAtExit, "delete-topic");
    }

    /**
     * Creates the topic and starts a consumer group for each recipient. Returns when each group has its partitions and
     * has received a probe from every partition.
     *
     * @param run     id of the run; it is part of the names of topic and groups
     * @param failure receives the failure of a consumer whose poll loop ends, on that consumer's thread
     * @throws IllegalStateException if the topic cannot be created, or if a group is not ready within 30 seconds plus
     *                               200 ms for each recipient; the message names the groups that are not ready, and the
     *                               condition that each lacks
     */
    public static KafkaPath open(Broker broker, KafkaOptions options, List<Recipient> recipients, NanoClock clock,
                                 String run, Consumer<Throwable> failure) throws Exception {
        return open(broker, options, recipients, clock, run, failure, READY.plus(READY_EACH.multipliedBy(recipients.size())));
    }

    static KafkaPath open(Broker broker, KafkaOptions options, List<Recipient> recipients, NanoClock clock,
                          String run, Consumer<Throwable> failure, Duration ready) throws Exception {
        KafkaPath path = new KafkaPath(broker, options, run, failure);
        try {
            path.createTopic();
            path.sender = new KafkaSender(broker.bootstrap(), broker.client(), options, path.topic, clock);
            for (Recipient recipient : recipients) {
                path.join(recipient);
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

    /**
     * Starts a separate consumer group for one more recipient. The group reads from the start of the topic. This method
     * returns at once, and notifies neither the sender nor the other groups. May be called from any thread.
     */
    public void join(Recipient recipient) {
        Map<String, Object> properties = options.consumerProperties(broker.bootstrap(), group(recipient.name()),
                broker.client());
        groups.add(new GroupConsumer(recipient, broker.client().connect(broker.bootstrap(),
                () -> new KafkaConsumer<>(properties)), topic, failure));
    }

    /**
     * Closes the consumer of a recipient's group, as if its process had ended.
     *
     * @throws IllegalStateException if its thread has not ended
     */
    public void leave(Recipient recipient) throws InterruptedException {
        for (GroupConsumer group : groups) {
            if (group.name().equals(recipient.name())) {
                group.close();
            }
        }
    }

    /** The topic of the events. */
    public String topic() {
        return topic;
    }

    /** The number of records that a recipient's group has not committed yet, from the cluster's admin API. */
    public long lag(Recipient recipient) throws InterruptedException {
        return admin.lag(group(recipient.name()), topic, options.partitions());
    }

    private void createTopic() throws InterruptedException {
        Optional<Short> replication = broker.replication()
                .map(copies -> (short) Math.max(options.replication(), copies));
        if (broker.outlivesItsUser()) { // also covers an early JVM exit; after kill -9, the command cleanup deletes it
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        try {
            admin.createTopic(topic, options.partitions(), replication);
        } catch (IllegalStateException e) {
            refused = !(e.getCause() instanceof RetriableException); // after a retriable failure the topic may exist
            throw e;
        }
        settings.put("kafka.replication", Integer.toString(admin.awaitShape(topic).replication()));
        if (broker.outlivesItsUser()) {
            admin.requireRights(topic);
        }
    }

    /**
     * A group that joins late reads from the start of the topic, so one probe per partition is usually enough. With
     * acks=0, a broker silently drops records that arrive before it leads a new partition. Missing probes are therefore
     * sent again every second.
     */
    private void awaitReady(Duration ready) throws InterruptedException {
        long probe = System.nanoTime();
        long end = probe + ready.toNanos();
        while (groups.stream().anyMatch(group -> !group.lacks(options.partitions()).isEmpty())) {
            if (System.nanoTime() - probe >= 0) {
                sender.sendProbes(groups.stream().flatMap(group -> group.unprobed(options.partitions()).stream())
                        .collect(Collectors.toSet()));
                probe = System.nanoTime() + PROBE_AGAIN_NANOS;
            }
            Optional<GroupConsumer> dead = groups.stream().filter(GroupConsumer::isDead).findFirst();
            if (dead.isPresent()) {
                throw new IllegalStateException("consumer groups not ready: " + dead.get().name() + " ("
                        + dead.get().lacks(options.partitions()) + ")");
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("consumer groups not ready within " + ready.toMillis() + " ms: "
                        + Few.of(groups.stream().filter(group -> !group.lacks(options.partitions()).isEmpty())
                                .map(group -> group.name() + " (" + group.lacks(options.partitions()) + ")").toList(), ", "));
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

    @Override
    public OptionalLong wireBytes() {
        return OptionalLong.of(sender.wireBytes().orElseThrow()
                + groups.stream().mapToLong(GroupConsumer::wireBytes).sum());
    }

    /** @throws IllegalStateException if a part has not stopped or was not deleted; the message names it */
    @Override
    public void close() throws InterruptedException {
        if (Thread.currentThread() != atExit) {
            forgetExit();
        }
        List<String> left = new ArrayList<>();
        groups.forEach(GroupConsumer::stop); // all at once, so that their stop times overlap
        for (GroupConsumer group : groups) {
            attempt(left, group::close);
        }
        if (sender != null) {
            attempt(left, sender::close);
        }
        attempt(left, () -> admin.deleteGroups(groups.stream().map(group -> group(group.name())).toList()));
        if (!refused) {
            attempt(left, () -> admin.deleteTopicIfPresent(topic));
        }
        attempt(left, admin::close);
        if (!left.isEmpty()) {
            throw new IllegalStateException(Few.of(left, "; "));
        }
    }

    private void forgetExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // the JVM is shutting down, and the hook closes this path as well: the second close finds nothing to delete
        }
    }

    private void deleteAtExit() {
        try {
            close();
        } catch (InterruptedException | RuntimeException e) {
            System.err.println("left on the cluster, for the command cleanup: " + e.getMessage());
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
            left.add(Reason.of(e));
        }
    }
}
