package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.ClientProperties;
import dev.brew.delivery.event.EventId;
import dev.brew.delivery.text.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Administers the topics and groups of one cluster. Every failure is an {@link IllegalStateException} that names the
 * failed request and the reason, within the given time. For one thread.
 */
public final class KafkaAdmin implements AutoCloseable {

    private static final String RIGHTS = "; a run needs CREATE, DESCRIBE, READ, WRITE and DELETE on topics, and DESCRIBE, "
            + "READ and DELETE on groups, whose names begin with " + KafkaPath.PREFIX;
    private static final Pattern OURS = Pattern.compile(Pattern.quote(KafkaPath.PREFIX) + EventId.RUN);
    private static final Pattern OURS_OR_ITS_GROUP = Pattern.compile("(" + OURS + ")-.+");
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String bootstrap;
    private final Duration patience;
    private final Admin admin;

    /** @param patience the time limit of each request */
    public KafkaAdmin(String bootstrap, Duration patience) {
        this(bootstrap, ClientProperties.NONE, patience);
    }

    /**
     * Creates an admin client for a cluster that authenticates its clients.
     *
     * @param patience the time limit of each request
     */
    public KafkaAdmin(String bootstrap, ClientProperties client, Duration patience) {
        this.bootstrap = bootstrap;
        this.patience = patience;
        Map<String, Object> properties = new HashMap<>(client.values(ClientProperties.Kind.ADMIN));
        properties.put("bootstrap.servers", bootstrap);
        properties.put("default.api.timeout.ms", Long.toString(patience.toMillis()));
        properties.put("request.timeout.ms", Long.toString(Math.min(5_000, patience.toMillis())));
        this.admin = client.connect(bootstrap, () -> Admin.create(properties));
    }

    /**
     * Creates a topic.
     *
     * @param replication copies of each partition; empty: the cluster's default
     */
    public void createTopic(String topic, int partitions, Optional<Short> replication) throws InterruptedException {
        get("create topic " + topic, admin.createTopics(
                List.of(new NewTopic(topic, Optional.of(partitions), replication))).all());
    }

    /**
     * Creates a topic unless it exists.
     *
     * @return true if this call created it
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

    /** False if no broker answers within the given time. */
    public boolean answers() throws InterruptedException {
        try {
            get("describe the cluster", admin.describeCluster().nodes());
            return true;
        } catch (IllegalStateException e) { // a failure other than a timeout is an answer
            return !(e.getCause() instanceof TimeoutException
                    || e.getCause() instanceof java.util.concurrent.TimeoutException);
        }
    }

    /** Partitions and replication of a topic; empty if the topic does not exist. */
    public Optional<Shape> shape(String topic) throws InterruptedException {
        try {
            TopicDescription description = get("describe topic " + topic,
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
            return Optional.of(Shape.of(description));
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

        private static Shape of(TopicDescription description) {
            return new Shape(description.partitions().size(), description.partitions().get(0).replicas().size());
        }

        @Override
        public String toString() {
            return partitions + (partitions == 1 ? " partition" : " partitions") + ", replication " + replication;
        }
    }

    /** Deletes a topic and its records. */
    public void deleteTopic(String topic) throws InterruptedException {
        get("delete topic " + topic, admin.deleteTopics(List.of(topic)).all());
    }

    /** Deletes a topic and its records if the topic exists. */
    void deleteTopicIfPresent(String topic) throws InterruptedException {
        try {
            deleteTopic(topic);
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
    }

    /**
     * Checks that this user may write, read and delete a topic, so that a run fails at its start and not at its end.
     *
     * @throws IllegalStateException if a right is missing; the message names it
     */
    void requireRights(String topic) throws InterruptedException {
        Set<AclOperation> allowed = awaitTopic(topic).authorizedOperations();
        Set<AclOperation> lacking = EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE);
        lacking.removeAll(allowed == null ? lacking : allowed); // null: the cluster has no access control
        if (!lacking.isEmpty()) {
            throw new IllegalStateException("too few rights: no " + lacking + " on topic " + topic + RIGHTS);
        }
    }

    /**
     * The shape of a topic that has just been created. Waits for the topic, because the node that answers may learn of
     * it later than the node that created it.
     */
    Shape awaitShape(String topic) throws InterruptedException {
        return Shape.of(awaitTopic(topic));
    }

    private TopicDescription awaitTopic(String topic) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return get("describe topic " + topic, admin.describeTopics(List.of(topic),
                        new DescribeTopicsOptions().includeAuthorizedOperations(true)).topicNameValues().get(topic));
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
        }
    }

    /**
     * Topics and groups whose names match this project's pattern.
     *
     * @param topics names of the topics, sorted
     * @param groups names of the groups, sorted
     * @param inUse  names of groups that have members, and of topics with such a group
     */
    public record Leftovers(List<String> topics, List<String> groups, Set<String> inUse) {

        public Leftovers {
            topics = List.copyOf(topics);
            groups = List.copyOf(groups);
            inUse = Set.copyOf(inUse);
        }
    }

    /** Finds the topics and groups of earlier runs, and of runs in progress. */
    public Leftovers leftovers() throws InterruptedException {
        List<String> topics = get("list topics", admin.listTopics().names()).stream()
                .filter(name -> OURS.matcher(name).matches()).sorted().toList();
        Set<String> inUse = new TreeSet<>();
        List<String> groups = new ArrayList<>();
        for (GroupListing group : get("list groups",
                admin.listGroups(ListGroupsOptions.forConsumerGroups()).all())) {
            Matcher name = OURS_OR_ITS_GROUP.matcher(group.groupId());
            if (name.matches()) {
                groups.add(group.groupId());
                if (group.groupState().filter(GroupState.EMPTY::equals).isEmpty()) {
                    inUse.addAll(List.of(group.groupId(), name.group(1)));
                }
            }
        }
        return new Leftovers(topics, groups.stream().sorted().toList(), inUse);
    }

    /**
     * Deletes groups, and waits for members that are leaving. One request covers all groups, so that an unavailable
     * broker costs one timeout and not one per group.
     */
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
                    } else if (!(e.getCause() instanceof GroupIdNotFoundException)) { // not found: it never joined
                        throw e;
                    }
                }
            }
            left = notEmpty;
            LockSupport.parkNanos(left.isEmpty() ? 1 : LOOK_EVERY_NANOS);
        }
    }

    /** The number of records of a topic that a group has not committed yet; all records if it has never committed. */
    long lag(String group, String topic, int partitions) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> newest = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            newest.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        Map<TopicPartition, OffsetAndMetadata> committed = get("list offsets of group " + group,
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        long lag = 0;
        for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> end : get("list offsets of " + topic,
                admin.listOffsets(newest).all()).entrySet()) {
            OffsetAndMetadata done = committed.get(end.getKey());
            lag += end.getValue().offset() - (done == null ? 0 : done.offset());
        }
        return lag;
    }

    private <T> T get(String what, KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof TimeoutException ? noAnswer(what, cause)
                    : new IllegalStateException("cannot " + what + ": " + withHint(cause), cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw noAnswer(what, e);
        }
    }

    private static String withHint(Throwable cause) {
        String message = Reason.of(cause);
        String hint = cause instanceof AuthorizationException ? RIGHTS
                : cause instanceof UnsupportedVersionException ? "; this cluster's version of Kafka is too old for it" : "";
        return hint.isEmpty() ? message : message.replaceAll("\\.$", "") + hint;
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
