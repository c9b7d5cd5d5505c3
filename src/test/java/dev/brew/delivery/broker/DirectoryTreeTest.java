package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {

    @TempDir
    private Path folder;

    @Test
    void whatABrokerThatIsStartingMakesAnewIsDeletedToo() throws Exception {
        Path directory = Files.createDirectories(folder.resolve("broker/data")).getParent();
        int[] made = new int[1];
        DirectoryTree.deleteForGood(directory, () -> {
            if (made[0]++ < 2) {
                makeAnew(directory);
            }
        });
        assertThat(directory).doesNotExist();
        assertThat(made[0]).isEqualTo(3);
    }

    @Test
    void oneWhoNeverStopsMakingItHoldsNobodyUpAndIsNamed() {
        Path directory = folder.resolve("broker");
        assertThatThrownBy(() -> DirectoryTree.deleteForGood(directory, () -> makeAnew(directory)))
                .isInstanceOf(IOException.class).hasMessage(directory + " is created again each time it is deleted");
    }

    private static void makeAnew(Path directory) {
        try {
            Files.createDirectories(directory.resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
