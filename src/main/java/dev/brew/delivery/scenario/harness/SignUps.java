package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.event.EventId;
import dev.brew.delivery.event.Events;
import dev.brew.delivery.event.NanoClock;
import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.path.kafka.KafkaSender;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The handler of a sign-up, twice: one that commits a row and then publishes an event (dual write), and one that commits
 * row and event together and leaves publishing to a relay (outbox). Both write into one H2 database on disk and one topic:
 * the phase in an event's id says whose it is.
 */
public final class SignUps {

    /** Both ways' first sign-ups, so that what follows does not wait for a class to be loaded or a producer to connect. */
    public static final int FIRST = 1;
    /** The phases of the events: which handler published the event. */
    public static final String DUAL = "dual";
    public static final String OUTBOX = "outbox";

    private SignUps() {
    }

    /**
     * Publishes what an earlier process has left in the outbox, then signs customers up both ways until it is killed, and
     * says {@code COMMITTED} each time the dual write's row is committed and its event is not published yet.
     *
     * @param count how many, then it ends; 0: without end
     */
    static void run(String bootstrap, String topic, Path directory, int count) throws Exception {
        NanoClock clock = NanoClock.system();
        String run = EventId.newRun();
        Events dual = new Events(run, DUAL, 0, Defaults.PAYLOAD_BYTES, clock);
        Events outbox = new Events(run, OUTBOX, 0, Defaults.PAYLOAD_BYTES, clock);
        try (DeliveryPath sender = new KafkaSender(bootstrap, Defaults.KAFKA, topic, clock);
             Database database = Database.open(directory)) {
            database.relay(sender);
            for (int i = 0; count == 0 || i < count; i++) {
                CustomerSignedUp event = dual.next();
                database.signUp(event, false);
                if (i >= FIRST) {
                    System.out.println("COMMITTED");
                }
                publish(sender, event);
                database.signUp(outbox.next(), true);
                database.relay(sender);
            }
        }
    }

    private static void publish(DeliveryPath sender, CustomerSignedUp event) {
        SendReport report = sender.deliver(event).toCompletableFuture().join();
        if (!report.accepted()) {
            throw new IllegalStateException("not published: " + report.refusals());
        }
    }

    /** One process's database. For one thread. */
    public static final class Database implements AutoCloseable {

        private final Connection connection;

        private Database(Connection connection) {
            this.connection = connection;
        }

        /** Opens or makes it. A commit is on its way to the disk before it returns; H2's default is half a second later. */
        public static Database open(Path directory) throws SQLException {
            Connection connection = DriverManager.getConnection("jdbc:h2:file:" + directory.toAbsolutePath().resolve("sign-ups")
                    + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table if not exists sign_ups (event_id varchar primary key)");
                statement.execute("create table if not exists outbox (id identity, event_id varchar, event varbinary)");
            }
            connection.commit();
            return new Database(connection);
        }

        /** One transaction: the customer, and with {@code outbox} the event that tells of it. */
        void signUp(CustomerSignedUp event, boolean outbox) throws SQLException {
            try (PreparedStatement insert = connection.prepareStatement("insert into sign_ups values (?)")) {
                insert.setString(1, event.getEventId());
                insert.executeUpdate();
            }
            if (outbox) {
                try (PreparedStatement insert = connection.prepareStatement(
                        "insert into outbox (event_id, event) values (?, ?)")) {
                    insert.setString(1, event.getEventId());
                    insert.setBytes(2, event.toByteArray());
                    insert.executeUpdate();
                }
            }
            connection.commit();
        }

        /** Publishes what waits, oldest first, and forgets each event when the broker has it: at least once. */
        public void relay(DeliveryPath sender) throws Exception {
            Map<Long, byte[]> waiting = new LinkedHashMap<>();
            try (Statement select = connection.createStatement();
                 ResultSet rows = select.executeQuery("select id, event from outbox order by id")) {
                while (rows.next()) {
                    waiting.put(rows.getLong(1), rows.getBytes(2));
                }
            }
            for (Map.Entry<Long, byte[]> row : waiting.entrySet()) {
                publish(sender, CustomerSignedUp.parseFrom(row.getValue()));
                try (PreparedStatement delete = connection.prepareStatement("delete from outbox where id = ?")) {
                    delete.setLong(1, row.getKey());
                    delete.executeUpdate();
                }
                connection.commit();
            }
        }

        public Set<String> signedUp() throws SQLException {
            Set<String> ids = new HashSet<>();
            try (Statement select = connection.createStatement();
                 ResultSet rows = select.executeQuery("select event_id from sign_ups")) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            return ids;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
