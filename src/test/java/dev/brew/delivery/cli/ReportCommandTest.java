package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
        assertThat(error(source)).isEqualTo("RUN " + source + ": it is no run directory, it has no status.json\n");
        assertThat(error(file)).isEqualTo("RUN " + file + ": it is a file, not a directory\n");
        assertThat(error(folder.resolve("nosuch")))
                .isEqualTo("RUN " + folder.resolve("nosuch") + ": there is no such directory\n");
    }

    @Test
    void anOutThatIsAFileIsBadUsage() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("status.json"), RUNNING);
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(error("--out", file, run)).isEqualTo("--out " + file + ": it is a file, not a directory\n");
    }

    @Test
    void aRunThatHasNotEndedIsPassedOver() throws IOException {
        Path run = Files.createDirectories(folder.resolve("20261127-120000-run"));
        Files.writeString(run.resolve("status.json"), RUNNING);
        assertThat(error("--results", folder)).isEqualTo(run + " is passed over: it has not ended, or was killed\n"
                + "no run: there is none in " + folder + " that has ended (give run directories, or --results DIR)\n");
    }

    private static String error(Object... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            String[] all = new String[arguments.length + 1];
            all[0] = "report";
            for (int i = 0; i < arguments.length; i++) {
                all[i + 1] = arguments[i].toString();
            }
            assertThat(Commands.commandLine().execute(all)).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
