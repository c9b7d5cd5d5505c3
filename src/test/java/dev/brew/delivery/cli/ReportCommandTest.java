package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {

    private static final String RUNNING =
            "{\"schema\":1,\"state\":\"RUNNING\",\"problems\":[],\"trials\":0,\"asked\":3}";

    @TempDir
    Path folder;

    @Test
    void whatIsNoRunDirectoryIsBadUsage() throws IOException {
        Path source = Files.createDirectory(folder.resolve("src"));
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(Typed.refusal("report", source))
                .isEqualTo("RUN " + source + ": it is no run directory, it has no status.json\n");
        assertThat(Typed.refusal("report", file))
                .isEqualTo("RUN " + file + ": it is a file, not a directory\n");
        assertThat(Typed.refusal("report", folder.resolve("nosuch")))
                .isEqualTo("RUN " + folder.resolve("nosuch") + ": there is no such directory\n");
    }

    @Test
    void anOutThatIsAFileIsBadUsage() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("status.json"), RUNNING);
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(Typed.refusal("report", "--out", file, run)).isEqualTo("--out " + file
                + ": it is a file, not a directory\n");
    }

    @Test
    void aRunThatHasNotEndedIsPassedOver() throws IOException {
        Path run = Files.createDirectories(folder.resolve("20261127-120000-run"));
        Files.writeString(run.resolve("status.json"), RUNNING);
        assertThat(Typed.refusal("report", "--results", folder)).isEqualTo(run
                + " is passed over: it has not ended, or was killed\n"
                + "no run: there is none in " + folder + " that has ended (give run directories, or --results DIR)\n");
    }
}
