package dev.brew.delivery.cli;

import dev.brew.delivery.broker.ClientProperties;
import dev.brew.delivery.path.kafka.KafkaAdmin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the topics and consumer groups of killed runs on an external cluster, and deletes them with {@code --delete}. */
@Command(name = "cleanup", mixinStandardHelpOptions = true, description = {
    "List the topics and consumer groups of killed runs with broker=external on a cluster.",
    "Those of a run under way (its group has members) are marked and never deleted."})
final class CleanupCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT,…", required = true, converter = Cluster.Bootstrap.class,
            description = "Brokers of the cluster")
    private String bootstrap;

    @Option(names = "--properties", paramLabel = "FILE",
            description = "File of client properties: protocol, login, certificates. Never printed")
    private String file;

    @Option(names = "--delete", description = "Delete those that are not in use")
    private boolean delete;

    @Override
    public Integer call() throws InterruptedException {
        ClientProperties client;
        try {
            client = file == null ? ClientProperties.NONE : ClientProperties.read("--properties=" + file, file);
        } catch (IllegalArgumentException e) {
            return Exit.usage(e.getMessage());
        }
        try (KafkaAdmin admin = new KafkaAdmin(bootstrap, client, PATIENCE)) {
            KafkaAdmin.Leftovers left = admin.leftovers();
            if (left.topics().isEmpty() && left.groups().isEmpty()) {
                System.out.println("nothing is left at " + bootstrap);
                return 0;
            }
            left.groups().forEach(group -> print("group", group, left));
            left.topics().forEach(topic -> print("topic", topic, left));
            if (delete) {
                delete(admin, left);
            } else {
                System.out.println("--delete deletes what is not in use");
            }
            return 0;
        }
    }

    private static void delete(KafkaAdmin admin, KafkaAdmin.Leftovers left) throws InterruptedException {
        List<String> groups = unused(left.groups(), left);
        List<String> topics = unused(left.topics(), left);
        admin.deleteGroups(groups);
        for (String topic : topics) {
            admin.deleteTopic(topic);
        }
        System.out.println(Lines.count(groups.size(), "group") + " and " + Lines.count(topics.size(), "topic")
                + " deleted");
    }

    private static void print(String kind, String name, KafkaAdmin.Leftovers left) {
        System.out.println(kind + " " + name + (left.inUse().contains(name) ? " (in use)" : ""));
    }

    private static List<String> unused(List<String> names, KafkaAdmin.Leftovers left) {
        return names.stream().filter(name -> !left.inUse().contains(name)).toList();
    }
}
