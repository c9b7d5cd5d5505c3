package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.recipient.RecipientObserver;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file with a line for each event that a recipient has processed. Each line goes to the operating system at once, so
 * it survives a SIGKILL of the writer. Thread-safe.
 */
final class IdFile implements RecipientObserver {

    private final FileOutputStream out;

    private IdFile(FileOutputStream out) {
        this.out = out;
    }

    /** Opens a file and appends to it. */
    static IdFile open(Path file) throws IOException {
        return new IdFile(new FileOutputStream(file.toFile(), true)); // stays open until the process ends
    }

    /** The ids in a file, in the order in which they were written; empty if the file does not exist yet. */
    static List<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    synchronized void add(String id) {
        try {
            out.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Reception received(Recipient recipient, CustomerSignedUp event, long atNanos) {
        return at -> add(event.getEventId());
    }

    @Override
    public void invalid(Recipient recipient, String reason) {
        throw new IllegalStateException(recipient.name() + " got an invalid event: " + reason);
    }
}
