package dev.brew.delivery.cli;

import dev.brew.delivery.path.kafka.KafkaAdmin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deletes the lesson's topic after a confirmation. */
@Command(name = "topic-delete", mixinStandardHelpOptions = true,
        description = "Delete the topic and every event in it, after a confirmation. Exit code 1 if nothing was deleted.")
final class TopicDeleteCommand implements Callable<Integer> {

    @Mixin
    private Cluster cluster;

    @Option(names = "--yes", description = "Skip the confirmation")
    private boolean sure;

    @Override
    public Integer call() throws Exception {
        try (KafkaAdmin admin = cluster.admin()) {
            Optional<KafkaAdmin.Shape> shape = admin.shape(cluster.topic());
            if (shape.isEmpty()) {
                System.err.println("there is no topic " + cluster.topic() + " at " + cluster.bootstrap());
                return 1;
            }
            if (!sure && !confirmed(shape.get())) {
                System.out.println("not deleted");
                return 1;
            }
            admin.deleteTopic(cluster.topic());
            System.out.println("topic " + cluster.topic() + " deleted");
        }
        return 0;
    }

    private boolean confirmed(KafkaAdmin.Shape shape) throws IOException {
        System.out.print("delete topic " + cluster.topic() + " (" + shape + ") with every event in it? [y/N] ");
        System.out.flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        if (answer == null) {
            System.out.println();
        }
        return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(java.util.Locale.ROOT));
    }
}
