package dev.brew.delivery.cli;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Formats that the lesson's programs share. They print results on standard output and errors on standard error. */
final class Lines {

    private Lines() {
    }

    /** The value of an option, else of an environment variable, else null; a blank value counts as absent. */
    static String orEnvironment(String option, String variable) {
        String value = option == null ? System.getenv(variable) : option;
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Milliseconds with one decimal. */
    static String millis(long nanos) {
        return String.format("%,.1fms", nanos / 1e6);
    }

    /** {@code 1 event}, {@code 2 events}. */
    static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Prints gRPC's log records, which use java.util.logging, as one line each, with the reason instead of a stack trace. */
    static void oneLineLogs() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new OneLine());
    }

    private static final class OneLine extends Handler {

        /** A channel logs failures that the outcome of each call reports, too. */
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
