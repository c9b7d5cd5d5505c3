package dev.brew.delivery.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void old() throws IOException {
        file = Files.writeString(folder.resolve("file"), "old and longer");
    }

    @Test
    void theOldContentStaysUntilTheNewOneIsComplete() throws IOException {
        AtomicFile.write(file, temporary -> {
            Files.writeString(temporary, "new");
            assertThat(temporary).hasParent(folder);
            assertThat(file).hasContent("old and longer");
        });
        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void aFailureLeavesTheOldContentAndNoTemporaryFile() {
        assertThatThrownBy(() -> AtomicFile.write(file, temporary -> {
            Files.writeString(temporary, "ne");
            throw new IOException("disk full");
        })).hasMessage("disk full");
        assertThat(file).hasContent("old and longer");
        assertThat(folder.toFile().list()).containsExactly("file");
    }

    @Test
    void aTargetThatCannotBeReplacedLeavesNoTemporaryFile() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Files.createFile(directory.resolve("x"));
        assertThatThrownBy(() -> AtomicFile.write(directory, "new".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("file", "directory");
    }
}
