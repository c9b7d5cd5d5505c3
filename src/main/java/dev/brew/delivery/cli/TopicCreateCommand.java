package dev.brew.delivery.cli;

import dev.brew.delivery.path.kafka.KafkaAdmin;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Creates the lesson's topic. */
@Command(name = "topic-create", mixinStandardHelpOptions = true, description = "Create the topic if it does not exist.")
final class TopicCreateCommand implements Callable<Integer> {

    @Mixin
    private Cluster cluster;

    @Mixin
    private Cluster.TopicShape shape;

    @Override
    public Integer call() throws Exception {
        try (KafkaAdmin admin = cluster.admin()) {
            boolean created = admin.createTopicIfAbsent(cluster.topic(), shape.partitions(), shape.replication());
            System.out.println("topic " + cluster.topic() + (created ? " created: " : " is there already: ")
                    + admin.shape(cluster.topic()).map(KafkaAdmin.Shape::toString).orElse("not visible yet"));
        }
        return 0;
    }
}
