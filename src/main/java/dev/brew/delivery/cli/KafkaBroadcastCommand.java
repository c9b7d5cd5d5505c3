package dev.brew.delivery.cli;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A Kafka sender that writes each event once and prints the partition and offset of its record. */
@Command(name = "kafka-broadcast", mixinStandardHelpOptions = true, description = {
    "Run a Kafka sender: register customers, write one record for each and wait for its ack. It calls no recipient.",
    "It ends early if Kafka stops answering. Exit code 1 if a record was not acknowledged."})
final class KafkaBroadcastCommand implements Callable<Integer> {

    /** Partition and offset in the target that {@link KafkaSender} reports. */
    private static final Pattern PLACE = Pattern.compile(".*-(\\d+)@(-?\\d+)");

    private static final int ENOUGH = 3;
    private static final int LOOK_SECONDS = 5;

    @Mixin
    private Cluster cluster;

    @Mixin
    private Cluster.TopicShape shape;

    @Mixin
    private Customers customers;

    private int sent;
    private int failed;

    @Override
    public Integer call() throws Exception {
        try (KafkaAdmin admin = cluster.admin()) {
            if (admin.createTopicIfAbsent(cluster.topic(), shape.partitions(), shape.replication())) {
                System.out.println("created topic " + cluster.topic() + ": "
                        + admin.shape(cluster.topic()).map(KafkaAdmin.Shape::toString).orElse("not visible yet"));
            }
            Optional<String> end = broadcast(admin);
            System.out.println();
            System.out.println(Lines.count(sent, "record") + " in " + cluster.topic() + " for whoever reads it"
                    + (failed > 0 ? ", " + failed + " not acknowledged" : "")
                    + (end.isPresent() ? ", " + (customers.count() - sent - failed) + " not sent" : "")
                    + ". Nobody was called; this sender does not know who reads.");
            end.ifPresent(System.err::println);
        }
        return failed == 0 ? 0 : 1;
    }

    /** The reason for an early end; empty if all records were sent. */
    private Optional<String> broadcast(KafkaAdmin admin) throws Exception {
        NanoClock clock = NanoClock.system();
        Events events = customers.events(EventId.newRun(), clock);
        KafkaOptions options = KafkaOptions.of("all", new Properties());
        System.out.printf("%6s  %-12s  %-24s  %9s  %8s  %10s%n", "number", "customer_id", "email", "partition",
                "offset",
                "ack time");
        int inARow = 0;
        try (KafkaSender sender = new KafkaSender(cluster.bootstrap(), options, cluster.topic(), clock)) {
            for (int i = 1; i <= customers.count(); i++) {
                CustomerSignedUp event = events.next();
                CompletableFuture<SendReport> report = sender.deliver(event).toCompletableFuture();
                Optional<String> trouble = trouble(report, admin);
                boolean gaveUp = trouble.isPresent() && !report.isDone();
                if (gaveUp) {
                    sender.abandon();
                }
                SendReport.Outcome outcome = report.get().outcomes().get(0);
                boolean accepted = row(i, event, gaveUp ? withoutAck(outcome) : outcome);
                inARow = accepted ? 0 : inARow + 1;
                if (trouble.isPresent() || inARow == ENOUGH) {
                    return trouble.or(() -> Optional.of(ENOUGH + " records in a row were not acknowledged"));
                }
            }
        }
        return Optional.empty();
    }

    /** Replaces the reason of an abandoned producer, which would be our own close. */
    private static SendReport.Outcome withoutAck(SendReport.Outcome outcome) {
        return new SendReport.Outcome(outcome.target(), "NO_ACK", false, "given up", outcome.durationNanos());
    }

    /** Waits for the outcome; returns a reason if the cluster is gone or the topic is missing. */
    private Optional<String> trouble(CompletableFuture<SendReport> report, KafkaAdmin admin) throws Exception {
        while (true) {
            try {
                if (report.get(LOOK_SECONDS, TimeUnit.SECONDS).accepted()) {
                    return Optional.empty();
                }
            } catch (TimeoutException e) {
                // no ack yet; a cluster that has lost a node may need some seconds
            }
            Optional<String> trouble = lacking(admin);
            if (trouble.isPresent() || report.isDone()) {
                return trouble;
            }
        }
    }

    private Optional<String> lacking(KafkaAdmin admin) throws InterruptedException {
        if (!admin.answers()) {
            return Optional.of("no Kafka at " + cluster.bootstrap() + " any more: no answer within "
                    + Cluster.PATIENCE.toMillis() + " ms");
        }
        return admin.shape(cluster.topic()).isPresent() ? Optional.empty()
                : Optional.of("there is no topic " + cluster.topic() + " at " + cluster.bootstrap() + " any more");
    }

    private boolean row(int number, CustomerSignedUp event, SendReport.Outcome outcome) {
        String partition = "-";
        String offset = "-";
        String note = "";
        Matcher place = PLACE.matcher(outcome.target().toString());
        if (outcome.accepted() && place.matches()) {
            partition = place.group(1);
            offset = place.group(2);
            sent++;
        } else {
            failed++;
            note = "  FAIL  " + outcome.code() + ": " + outcome.reason().replaceAll("\\s+", " ");
        }
        System.out.printf("%6d  %-12s  %-24s  %9s  %8s  %10s%s%n", number, event.getCustomerId(), event.getEmail(),
                partition, offset, Lines.millis(outcome.durationNanos()), note);
        return note.isEmpty();
    }
}
