package dev.brew.delivery.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. Screenshots stay in target/screenshots. */
class PageIT {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    private static Path folder;
    private static Path run;
    private static Browser browser;

    @BeforeAll
    static void open() throws Exception {
        boolean there = Browser.executable().isPresent();
        // .ci/run installs it and sets this, so that nobody takes a skipped test for a green one
        assertThat(there || !Boolean.parseBoolean(System.getenv("DELIVERY_REQUIRE_CHROMIUM"))).as("Chromium is there")
                .isTrue();
        assumeTrue(there, "no Chromium on this machine (Debian: apt-get install chromium)");
        run = SyntheticRun.full(folder, "run").valid();
        Report.write(List.of(run), run, EnumSet.of(Report.Format.HTML));
        browser = new Browser(folder);
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void drawsWhatTheSummarySaysWithoutErrorOrNetwork() throws Exception {
        browser.open(run.resolve("report.html"), 1400, 900, false);
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith("file:")
                || url.startsWith("about:"));
        assertThat(StreamSupport.stream(browser.eval("Object.keys(plots)").spliterator(), false)
                .map(JsonNode::textValue))
                .containsExactly("percentiles-n1", "percentiles-n3", "percentiles-n10", "growth-completed",
                "growth-sender",
                        "received-p50", "received-p99"); // timelines are drawn when they are opened
        JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        Map<String, Double> expected = new TreeMap<>();
        summary.get("rows").forEach(row -> {
            if (row.get("path").textValue().equals("kafka")) {
                expected.put(row.at("/params/recipients").textValue(),
                        row.at("/series/completed/p50").doubleValue() / 1000);
            }
        });
        JsonNode drawn = browser.eval("({xs: plots['growth-completed'].data[0], ys: plots['growth-completed'].data["
                + "plots['growth-completed'].series.findIndex(s => s.label === 'kafka p50')]})");
        for (int i = 0; i < 3; i++) {
            double value = expected.get(Integer.toString(drawn.get("xs").get(i).intValue()));
            assertThat(drawn.get("ys").get(i).doubleValue()).isCloseTo(value, within(value / 1000));
        }
    }

    @Test
    void hoverToggleAndSaveWork() throws Exception {
        browser.open(run.resolve("report.html"), 1400, 900, false);
        browser.eval("document.getElementById('plot-percentiles-n3').scrollIntoView({block: 'center'})");
        JsonNode box = browser.eval("(r => ({x: r.x + r.width / 2, y: r.y + r.height / 2}))(document.querySelector("
                + "'#plot-percentiles-n3 .u-over').getBoundingClientRect())");
        browser.hover(box.get("x").doubleValue(), box.get("y").doubleValue());
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> browser.eval(
                "document.querySelector('#plot-percentiles-n3 .u-legend').innerText").textValue(),
                text -> text.matches("(?s).*kafka:?\\s*[\\d.,]+ µs.*"));
        assertThat(browser.eval("plots['percentiles-n3'].series[1].show").booleanValue()).isTrue();
        browser.eval("document.querySelectorAll('#plot-percentiles-n3 .u-legend .u-series th')[1].click()");
        assertThat(browser.eval("plots['percentiles-n3'].series[1].show").booleanValue()).isFalse();
        browser.eval("document.querySelectorAll('#plot-percentiles-n3 .u-legend .u-series')[1].dispatchEvent("
                + "new KeyboardEvent('keydown', {key: 'Enter'}))");
        assertThat(browser.eval("plots['percentiles-n3'].series[1].show").booleanValue()).isTrue();
        browser.eval("document.querySelector('button[data-save=percentiles-n3]').click()");
        Path saved = folder.resolve("percentiles-n3.svg");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(saved) && Files.size(saved) > 1000);
        assertThat(Files.readString(saved)).startsWith("<svg").contains("Completed by percentile, N = 3</text>");
        browser.eval("document.querySelector('details.timeline').open = true");
        Awaitility.await().atMost(Duration.ofSeconds(10))
                .until(() -> browser.eval("'timeline-1' in plots").booleanValue());
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void everyChartHasItsTableAndPrintsWithoutCanvas() throws Exception {
        browser.open(run.resolve("report.html"), 1400, 900, false);
        assertThat(browser.eval("[...document.querySelectorAll('figure')].every(f => f.querySelector('table tbody tr') && "
                + "f.getAttribute('aria-labelledby'))").booleanValue()).isTrue();
        browser.call("Emulation.setEmulatedMedia", Map.of("media", "print"));
        assertThat(browser.eval("getComputedStyle(document.querySelector('#static-percentiles-n1')).display")
                .textValue()).isEqualTo("block");
        assertThat(browser.eval("getComputedStyle(document.querySelector('#plot-percentiles-n1')).display").textValue())
                .isEqualTo("none");
        browser.call("Emulation.setEmulatedMedia", Map.of("media", ""));
    }

    @Test
    void fitsAWideScreenAndAPhoneInLightAndDark() throws Exception {
        for (int width : new int[] {1400, 400}) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.open(run.resolve("report.html"), width, 2400, dark);
                assertThat(browser.eval("[...document.querySelectorAll('body *')].filter(e => !e.closest('.wide, svg, .u-wrap') && "
                        + "e.getBoundingClientRect().right > innerWidth).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent)"))
                        .as("too wide for %s", width).isEmpty();
                assertThat(browser.eval("document.documentElement.scrollWidth").intValue()).isLessThanOrEqualTo(width);
                assertThat(browser.eval("getComputedStyle(document.body).backgroundColor").textValue())
                        .isEqualTo(dark ? "rgb(22, 24, 27)" : "rgb(255, 255, 255)");
                browser.screenshot(SCREENSHOTS.resolve("report-" + width + (dark ? "-dark" : "") + ".png"));
            }
        }
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void sixtyRowsFitAMegabyteAndALittleHeap() throws Exception {
        SyntheticRun many = new SyntheticRun(folder, "many").eventsASecond(200);
        for (String delay : List.of("none", "fixed:1ms", "exp:1ms", "one-fixed:20ms", "uniform:1ms:2ms")) {
            for (int n : new int[] {1, 3, 5, 10}) {
                Map<String, String> params = Map.of("recipients", Integer.toString(n), "delay", delay);
                many.row("SequentialFanOut", "grpc-sequential", 300 * n, params).row("ParallelFanOut", "grpc-parallel",
                        250 * n, params)
                        .row("ProduceToConsume", "kafka", 400, params);
            }
        }
        Path directory = many.valid();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(), "-Xmx128m",
                "-jar", new File(System.getProperty("delivery.test.jar", "target/benchmarks.jar")).getAbsolutePath(),
                "report",
                directory.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(Files.size(directory.resolve("report.html"))).isLessThan(1_000_000);
        browser.open(directory.resolve("report.html"), 1400, 900, false);
        assertThat(browser.eval("plots['percentiles-n10'].series.length").intValue()).isEqualTo(16);
        assertThat(browser.errors()).isEmpty();
    }
}
