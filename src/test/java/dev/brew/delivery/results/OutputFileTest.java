package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    @TempDir
    private Path files;

    @Test
    void aFileIsReplacedAndALinkIsWrittenThrough() throws Exception {
        Path file = Files.writeString(files.resolve("x.json"), "old and longer");
        Path link = Files.createSymbolicLink(files.resolve("link"), Path.of("x.json"));
        write(file, "new");
        assertThat(file).hasContent("new");
        write(link, "newer");
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("newer");
        assertThat(files.toFile().list()).containsExactlyInAnyOrder("x.json", "link");
    }

    @Test
    void aLinkToNothingYetMakesItsTarget() throws Exception {
        Path link = Files.createSymbolicLink(files.resolve("link"), Path.of("new.json"));
        assertThat(OutputFile.obstacle(link)).isEmpty();
        write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(files.resolve("new.json")).hasContent("new");
    }

    @Test
    void whatLeadsToStandardOutputIsWrittenToTheStreamThatIsOpen() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path link = Files.createSymbolicLink(files.resolve("out"), Path.of("/dev/stdout"));
        OutputFile.write(link, "text".getBytes(StandardCharsets.UTF_8), out);
        assertThat(out).hasToString("text");
    }

    @Test
    void anObstacleIsFoundWithoutLeavingAFile() throws Exception {
        Path file = Files.createFile(files.resolve("file"));
        Path dangling = Files.createSymbolicLink(files.resolve("dangling"), Path.of("gone/out.csv"));
        Path loop = Files.createSymbolicLink(files.resolve("loop"), Path.of("loop"));
        assertThat(OutputFile.obstacle(files)).contains("it is a directory, not a file");
        assertThat(OutputFile.obstacle(file.resolve("x"))).contains("there is no directory " + file);
        assertThat(OutputFile.obstacle(dangling)).contains("there is no directory " + files.resolve("gone"));
        assertThat(OutputFile.obstacle(loop)).contains("it is a link that leads back to itself");
        assertThat(OutputFile.obstacle(Path.of("/proc/x.json"))).contains("no permission to write in /proc");
        assertThat(OutputFile.obstacle(Path.of("/dev/null"))).isEmpty();
        assertThat(OutputFile.obstacle(files.resolve("new"))).isEmpty();
        assertThat(files.toFile().list()).containsExactlyInAnyOrder("file", "dangling", "loop");
    }

    private static void write(Path file, String text) throws IOException {
        OutputFile.write(file, text.getBytes(StandardCharsets.UTF_8), OutputStream.nullOutputStream());
    }
}
