package dev.brew.delivery.path.kafka;

import dev.brew.delivery.broker.ClientProperties;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.text.Reason;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The sender's side of {@link KafkaPath}. It writes each event once, keyed by its customer, waits for the broker's ack,
 * and has no reference to recipients. The target of the single outcome is {@code topic-partition@offset}.
 */
public final class KafkaSender implements DeliveryPath {

    private static final Duration CLOSE = Duration.ofSeconds(15);

    private final String topic;
    private final NanoClock clock;
    private final Map<String, String> settings;
    private final KafkaProducer<String, byte[]> producer;
    private volatile boolean closed;

    /** @param topic an existing topic */
    public KafkaSender(String bootstrap, KafkaOptions options, String topic, NanoClock clock) {
        this(bootstrap, ClientProperties.NONE, options, topic, clock);
    }

    /** @param topic an existing topic */
    KafkaSender(String bootstrap, ClientProperties client, KafkaOptions options, String topic, NanoClock clock) {
        this.topic = topic;
        this.clock = clock;
        this.settings = options.settings(client);
        Map<String, Object> properties = options.producerProperties(bootstrap, client);
        this.producer = client.connect(bootstrap, () -> new KafkaProducer<>(properties));
    }

    /**
     * Writes a probe record to each of these partitions. A reader that receives it is ready on that partition.
     *
     * @throws IllegalStateException if a probe fails for a reason that is not retriable; the message says why
     */
    void sendProbes(Set<Integer> partitions) {
        AtomicReference<Exception> refused = new AtomicReference<>();
        for (int partition : partitions) {
            ProducerRecord<String, byte[]> probe = new ProducerRecord<>(topic, partition, "probe", new byte[0]);
            probe.headers().add(GroupConsumer.PROBE_HEADER, "1".getBytes(StandardCharsets.US_ASCII));
            producer.send(probe, (metadata, failure) -> {
                if (failure != null && !(failure instanceof RetriableException)) {
                    refused.set(failure);
                }
            });
        }
        producer.flush();
        if (refused.get() != null) {
            throw new IllegalStateException("nothing can be written to " + topic + ": " + Reason.of(refused.get()),
                    refused.get());
        }
    }

    @Override
    public String name() {
        return PathKind.KAFKA.toString();
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
        } catch (RuntimeException e) { // the producer throws some failures instead of passing them to the callback
            report.complete(report(started, null, e));
        }
        return report;
    }

    private SendReport report(long started, RecordMetadata metadata, Exception failure) {
        long unblocked = clock.nanos();
        SendReport.Outcome outcome = failure == null
                ? new SendReport.Outcome(metadata, "OK", true, "", unblocked - started)
                : new SendReport.Outcome(topic, failure.getClass().getSimpleName(), false,
                        Reason.of(failure), unblocked - started);
        return new SendReport(started, unblocked, List.of(outcome));
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public OptionalLong wireBytes() {
        return OptionalLong.of(wireBytes(producer.metrics()));
    }

    /** Bytes in both directions, from a client's own metrics. */
    static long wireBytes(Map<MetricName, ? extends Metric> metrics) {
        double bytes = 0;
        for (Map.Entry<MetricName, ? extends Metric> metric : metrics.entrySet()) {
            boolean total = metric.getKey().group().matches("(producer|consumer)-metrics")
                    && metric.getKey().name().matches("(incoming|outgoing)-byte-total");
            bytes += total ? (Double) metric.getValue().metricValue() : 0;
        }
        return Math.round(bytes);
    }

    /** Closes the producer without waiting. The outcomes of deliveries in flight report the failure. */
    public void abandon() {
        closed = true;
        producer.close(Duration.ZERO);
    }

    /** Waits for the acks of deliveries in flight, for at most fifteen seconds. */
    @Override
    public void close() {
        closed = true;
        producer.close(CLOSE);
    }
}
