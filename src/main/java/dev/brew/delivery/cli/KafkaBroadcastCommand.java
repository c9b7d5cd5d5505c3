package dev.brew.delivery.cli;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import dev.brew.delivery.path.kafka.KafkaOptions;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The sender that writes each event once, and where it went. */
@Command(name = "kafka-broadcast", mixinStandardHelpOptions = true, description = {
    "The sender over Kafka: registers customers, writes one record for each and waits for its ack. It calls nobody.",
    "Exit code 1 if a record was not acknowledged."})
final class KafkaBroadcastCommand implements Callable<Integer> {

    /** As {@link KafkaSender} names where a record went. */
    private static final Pattern PLACE = Pattern.compile(".*-(\\d+)@(-?\\d+)");

    @Mixin
    private Cluster cluster;

    @Mixin
    private Cluster.TopicShape shape;

    @Mixin
    private Customers customers;

    private int failed;

    @Override
    public Integer call() throws Exception {
        try (KafkaAdmin admin = cluster.admin()) {
            if (admin.createTopicIfAbsent(cluster.topic(), shape.partitions(), shape.replication())) {
                System.out.println("created topic " + cluster.topic() + ": "
                        + admin.shape(cluster.topic()).map(KafkaAdmin.Shape::toString).orElse("not visible yet"));
            }
        }
        broadcast();
        return failed == 0 ? 0 : 1;
    }

    private void broadcast() throws Exception {
        NanoClock clock = NanoClock.system();
        Events events = customers.events(EventId.newRun(), clock);
        KafkaOptions options = KafkaOptions.of("all", new Properties());
        System.out.printf("%6s  %-12s  %-24s  %9s  %8s  %10s%n", "number", "customer_id", "email", "partition",
                "offset",
                "ack time");
        try (KafkaSender sender = new KafkaSender(cluster.bootstrap(), options, cluster.topic(), clock)) {
            for (int i = 1; i <= customers.count(); i++) {
                CustomerSignedUp event = events.next();
                row(i, event, sender.deliver(event).toCompletableFuture().get().outcomes().get(0));
            }
        }
        System.out.println();
        System.out.println(Lines.count(customers.count() - failed, "record") + " in " + cluster.topic()
                + " for whoever reads it"
                + (failed > 0 ? ", " + failed + " not acknowledged" : "")
                + ". Nobody was called; this sender does not know who reads.");
    }

    private void row(int number, CustomerSignedUp event, SendReport.Outcome outcome) {
        String partition = "-";
        String offset = "-";
        String note = "";
        Matcher place = PLACE.matcher(outcome.target().toString());
        if (outcome.accepted() && place.matches()) {
            partition = place.group(1);
            offset = place.group(2);
        } else {
            failed++;
            note = "  FAIL  " + outcome.code() + ": " + outcome.reason().replaceAll("\\s+", " ");
        }
        System.out.printf("%6d  %-12s  %-24s  %9s  %8s  %10s%s%n", number, event.getCustomerId(), event.getEmail(),
                partition, offset, Lines.millis(outcome.durationNanos()), note);
    }
}
