package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.path.DeliveryPath;
import dev.brew.delivery.path.SendReport;
import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A sender's own log. It contains each sign-up, written before its delivery, and each delivery. Lines go to the
 * operating system at once, so they survive a kill -9. Thread-safe.
 */
final class OutboxFile implements AutoCloseable {

    private static final String SIGNED_UP = "s";
    private static final String DELIVERED = "d";

    private final FileOutputStream out;
    private final List<CustomerSignedUp> pending;

    private OutboxFile(FileOutputStream out, List<CustomerSignedUp> pending) {
        this.out = out;
        this.pending = pending;
    }

    /** Opens a file for appending, and reads the sign-ups that it contains without a delivery. */
    static OutboxFile open(Path file) throws IOException {
        Map<String, CustomerSignedUp> open = new LinkedHashMap<>();
        for (String line : IdFile.read(file)) {
            String[] words = line.split(" ");
            if (words[0].equals(SIGNED_UP)) {
                open.put(words[1], CustomerSignedUp.parseFrom(Base64.getDecoder().decode(words[2])));
            } else {
                open.remove(words[1]);
            }
        }
        return new OutboxFile(new FileOutputStream(file.toFile(), true), new ArrayList<>(open.values()));
    }

    /** The distinct ids of all sign-ups in a file; a sign-up that was delivered twice counts once. */
    static List<String> signedUp(Path file) throws IOException {
        return IdFile.read(file).stream().filter(line -> line.startsWith(SIGNED_UP + " "))
                .map(line -> line.split(" ")[1]).distinct().toList();
    }

    /**
     * A wrapper of {@code path} that writes each event to this file before its delivery, and each accepted delivery.
     */
    DeliveryPath before(DeliveryPath path) {
        return new BorrowedPath(path) {
            @Override
            public CompletionStage<SendReport> deliver(CustomerSignedUp event) {
                write(SIGNED_UP + " " + event.getEventId() + " "
                        + Base64.getEncoder().encodeToString(event.toByteArray()));
                return path.deliver(event).whenComplete((report, failure) -> {
                    if (failure == null && report.accepted()) {
                        write(DELIVERED + " " + event.getEventId());
                    }
                });
            }
        };
    }

    /**
     * Delivers the sign-ups that had no delivery when this file was opened; returns when all deliveries are answered.
     */
    void deliverPending(DeliveryPath path) {
        CompletableFuture.allOf(pending.stream().map(event -> path.deliver(event).toCompletableFuture())
                .toArray(CompletableFuture[]::new)).join();
    }

    private synchronized void write(String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
