package dev.brew.delivery.cli;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the lesson's programs print: a line for each thing; what they do on standard output, trouble on the other. */
final class Lines {

    private Lines() {
    }

    /** An option's value, else the environment's, else null; blank is as good as absent. */
    static String orEnvironment(String option, String variable) {
        String value = option == null ? System.getenv(variable) : option;
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Milliseconds with a tenth. */
    static String millis(long nanos) {
        return String.format("%,.1fms", nanos / 1e6);
    }

    /** {@code 1 event}, {@code 2 events}. */
    static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** gRPC logs with java.util.logging: one line each, with the reason instead of a stack trace. */
    static void oneLineLogs() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new OneLine());
    }

    private static final class OneLine extends Handler {

        /** What a channel logs comes back as the outcome of each call, in plainer words. */
        private static final String CHANNEL = "io.grpc.internal.ManagedChannelImpl";
        private static final Formatter WORDS = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.INFO.intValue() && !CHANNEL.equals(record.getLoggerName())) {
                Throwable root = record.getThrown();
                while (root != null && root.getCause() != null) {
                    root = root.getCause();
                }
                String text = WORDS.formatMessage(record) + (root == null ? "" : ": " + root.getMessage());
                System.err.println(text.replaceAll("\\s+", " "));
            }
        }

        @Override
        public void flush() {
            System.err.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
