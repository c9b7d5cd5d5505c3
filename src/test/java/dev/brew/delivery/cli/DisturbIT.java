package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disturbance as a user starts it, and the other commands on its run directory. */
class DisturbIT {

    @TempDir
    private Path folder;

    @Test
    void aRunIsADirectoryWithTheFiguresOfTheTerminalAndReportAndCompareReadIt() throws Exception {
        try (Program disturb = start("--path", "grpc-parallel", "--for", "1s")) {
            assertThat(disturb.end()).as(() -> disturb.lines().toString()).isZero();
            assertThat(disturb.lines("1 paths, results in " + run())).hasSize(1);
            assertThat(disturb.lines("VALID: 1 of 1 paths, " + run())).hasSize(1);
        }
        assertThat(json("status.json").get("state").asText()).isEqualTo("VALID");
        JsonNode figures = json("disturbance.json");
        assertThat(figures.get("schema").asInt()).isEqualTo(1);
        assertThat(figures.get("disturbed").asText()).isEqualTo("analytics");
        assertThat(figures.get("table")).extracting(row -> row.get("path").asText() + " " + row.get("stage").asText())
                .containsExactly("grpc-parallel BEFORE", "grpc-parallel DURING", "grpc-parallel AFTER");
        assertThat(figures.at("/paths/grpc-parallel/samples")).isNotEmpty();
        assertThat(json("environment.json").get("settings").get("disturb_path=grpc-parallel").get("recipients").asText())
                .isEqualTo("2");
        for (String stage : List.of("before", "during", "after")) {
            assertThat(run().resolve("disturb_path=grpc-parallel_stage=" + stage + ".hlog")).content().contains("Tag=sender");
        }

        assertThat(run().resolve("report.html")).exists();
        assertThat(run().resolve("disturbance-grpc-parallel.svg")).exists();
        assertThat(Typed.run("report", "--results", folder.toString()).out())
                .contains("report: " + run().resolve("report.html"));
        assertThat(Typed.run("compare", "--out", folder.resolve("comparison").toString(), run().toString(), run().toString())
                .exitCode()).isZero();
        assertThat(Typed.run("compare", "--history", folder.toString()).out()).containsExactly(run().getFileName()
                + " is left out: it is a run of disturb, which has no trials", "0 changes of level in 0 series");
    }

    @Test
    void anInterruptKeepsThePathsThatHaveFinished() throws Exception {
        Path all = folder.resolve("all.json");
        try (Program disturb = start("--path", "grpc-parallel,grpc-sequential", "--for", "1s", "--json", all.toString())) {
            disturb.until("grpc-sequential: analytics gives no answer");
            disturb.signal("INT");
            disturb.until("INTERRUPTED: 1 of 2 paths");
        }
        assertThat(json("status.json").get("state").asText()).isEqualTo("INTERRUPTED");
        assertThat(json("status.json").get("problems")).extracting(JsonNode::asText)
                .containsExactly("interrupted after 1 of 2 paths");
        assertThat(json("disturbance.json").get("paths").fieldNames()).toIterable().containsExactly("grpc-parallel");
        assertThat(new ObjectMapper().readTree(all.toFile())).isEqualTo(json("disturbance.json").get("paths"));
        assertThat(json("environment.json").get("settings")).hasSize(1);
    }

    private Program start(String... more) throws IOException {
        return Program.start(Stream.concat(Stream.of("disturb", "--recipients", "2", "--rate", "50", "--before", "1s",
                "--after",
                "20s", "--deadline", "300ms", "--warmup", "1s", "--results", folder.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private Path run() throws IOException {
        try (Stream<Path> runs = Files.list(folder)) {
            return runs.filter(run -> Files.exists(run.resolve("status.json"))).findFirst().orElseThrow();
        }
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(run().resolve(name).toFile());
    }
}
