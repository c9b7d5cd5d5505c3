package dev.brew.delivery.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.results.DisturbanceFile.Result;
import dev.brew.delivery.results.DisturbanceFile.Sample;
import dev.brew.delivery.results.DisturbanceFile.Stage;
import dev.brew.delivery.results.DisturbanceFile;
import dev.brew.delivery.results.Json;
import dev.brew.delivery.results.Quantiles;
import dev.brew.delivery.results.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made-up figures of two recipients, the first of which received 98 of 100 events during the disturbance. */
class DisturbanceFileTest {

    private static final String TEXT = """
            {
              "schema" : 1,
              "disturbed" : "analytics",
              "slow" : null,
              "rate" : 100.0,
              "beforeMillis" : 2000,
              "duringMillis" : 1000,
              "afterMillis" : 30000,
              "table" : [ {
                "path" : "kafka",
                "stage" : "BEFORE",
                "senderNanos" : 3,
                "healthyNanos" : null,
                "disturbedNanos" : null
              }, {
                "path" : "kafka",
                "stage" : "DURING",
                "senderNanos" : 7,
                "healthyNanos" : 9,
                "disturbedNanos" : null
              }, {
                "path" : "kafka",
                "stage" : "AFTER",
                "senderNanos" : null,
                "healthyNanos" : null,
                "disturbedNanos" : null
              } ],
              "paths" : {
                "kafka" : {
                  "stages" : {
                    "BEFORE" : {
                      "sender" : {
                        "count" : 100,
                        "min" : 3,
                        "mean" : 3.0,
                        "p50" : 3,
                        "p90" : 3,
                        "p99" : 3,
                        "p999" : 3,
                        "max" : 3
                      }
                    },
                    "DURING" : {
                      "analytics" : {
                        "count" : 98,
                        "min" : 8,
                        "mean" : 8.0,
                        "p50" : 8,
                        "p90" : 8,
                        "p99" : 8,
                        "p999" : 8,
                        "max" : 8
                      },
                      "notifications" : {
                        "count" : 99,
                        "min" : 9,
                        "mean" : 9.0,
                        "p50" : 9,
                        "p90" : 9,
                        "p99" : 9,
                        "p999" : 9,
                        "max" : 9
                      },
                      "sender" : {
                        "count" : 100,
                        "min" : 7,
                        "mean" : 7.0,
                        "p50" : 7,
                        "p90" : 7,
                        "p99" : 7,
                        "p999" : 7,
                        "max" : 7
                      }
                    },
                    "AFTER" : { }
                  },
                  "failures" : {
                    "DEADLINE_EXCEEDED" : 2
                  },
                  "samples" : [ {
                    "millis" : 100,
                    "sent" : 12,
                    "completed" : 10,
                    "failed" : 1,
                    "inFlight" : 1,
                    "lag" : [ 1, 0 ],
                    "heapMiB" : 64
                  } ],
                  "backlog" : 5,
                  "steadyMillis" : 300,
                  "drainedPerSecond" : 1000.0,
                  "predictedMillis" : 6,
                  "problems" : [ ]
                }
              }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void theFileHoldsTheScriptTheTableAndEverythingThatWasMeasured() {
        assertThat(Json.write(file(null))).isEqualTo(TEXT);
        assertThat(file(DelayModel.parse("fixed:20ms")).slow()).isEqualTo("fixed:20ms");
    }

    @Test
    void theFileIsReadAsItWasWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("disturbance.json"), TEXT);
        assertThat(RunDirectory.open(file.getParent()).disturbance()).isEqualTo(file(null));
    }

    @Test
    void anotherSchemaIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("disturbance.json"), TEXT.replace("\"schema\" : 1", "\"schema\" : 2"));
        assertThatThrownBy(() -> RunDirectory.open(folder).disturbance()).isInstanceOf(IOException.class)
                .hasMessage(file + " has schema 2, this program reads schema 1");
    }

    private static DisturbanceFile file(DelayModel slow) {
        Result result = new Result(Map.of(Stage.BEFORE, Map.of("sender", of(100, 3)),
                Stage.DURING, Map.of("sender", of(100, 7), "analytics", of(98, 8), "notifications", of(99, 9)),
                Stage.AFTER, Map.of()), Map.of("DEADLINE_EXCEEDED", 2L),
                List.of(new Sample(100, 12, 10, 1, 1, List.of(1L, 0L), 64)), 5, 300, 1000, 6, List.of());
        return DisturbRun.file(new Disturbance.Script(0, slow, 100, Duration.ofSeconds(2), Duration.ofSeconds(1),
                Duration.ofSeconds(30)), 2, Map.of("kafka", result));
    }

    private static Quantiles of(long count, long nanos) {
        return new Quantiles(count, nanos, nanos, nanos, nanos, nanos, nanos, nanos);
    }
}
