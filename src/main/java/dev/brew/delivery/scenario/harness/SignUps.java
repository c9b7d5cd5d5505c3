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
 * Two handlers of a sign-up. The dual write commits a row and then publishes an event. The outbox commits row and event
 * together, and a relay publishes the event. Both handlers use one H2 database on disk and one topic; the phase in an
 * event's id names the handler.
 */
public final class SignUps {

    /**
     * The number of initial sign-ups of each handler. They load the classes and connect the producer, so that later
     * sign-ups do not wait for either. The dual write prints no {@code COMMITTED} line for them.
     */
    public static final int FIRST = 1;
    /** The phases of the events: which handler published the event. */
    public static final String DUAL = "dual";
    public static final String OUTBOX = "outbox";

    private SignUps() {
    }

    /**
     * Publishes the events that an earlier process left in the outbox, then signs customers up with both handlers.
     * After the first {@link #FIRST} sign-ups, it prints {@code COMMITTED} each time the row of the dual write is
     * committed and its event is not published yet.
     *
     * @param count the number of sign-ups of each handler; 0: no limit, until the process is killed
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

    /** The database of one process. For one thread. */
    public static final class Database implements AutoCloseable {

        private final Connection connection;

        private Database(Connection connection) {
            this.connection = connection;
        }

        /**
         * Opens the database, or creates it. A commit starts its disk write before it returns; H2's default starts the
         * write up to half a second later.
         */
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

        /** Commits one transaction: the customer's row and, with {@code outbox}, the event. */
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

        /** Publishes waiting events, oldest first, and deletes each one after the broker's ack: at least once. */
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
