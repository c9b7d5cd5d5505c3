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
        assertThat(StreamSupport.stream(browser.eval("[...document.querySelectorAll('figure')].map(f => f.id.slice(7))"
                + ".filter(id => !id.startsWith('timeline'))").spliterator(), false).map(JsonNode::textValue))
                .containsExactly("percentiles-n1", "percentiles-n3", "percentiles-n10", "growth-completed",
                        "growth-sender", "received-p50", "received-p99");
        JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
        Map<String, Double> expected = new TreeMap<>();
        summary.get("rows").forEach(row -> {
            if (row.get("path").textValue().equals("kafka")) {
                expected.put(row.at("/params/recipients").textValue(),
                        row.at("/series/completed/p50").doubleValue() / 1000);
            }
        });
        JsonNode curve = browser.eval("(f => { const i = [...f.querySelectorAll('.legend text')].findIndex(t => t.textContent === "
                + "'kafka p50'); const y = t => +[...f.querySelectorAll('text')].find(e => e.textContent === t).getAttribute('y') - 4; "
                + "return {low: y('500'), high: y('5,000'), ys: f.querySelector('.curve.line-' + i + ' polyline').getAttribute('points')"
                + ".split(' ').map(p => +p.split(',')[1])}; })(document.querySelector('#figure-growth-completed'))");
        int place = 0;
        for (String n : List.of("1", "3", "10")) {
            double low = curve.get("low").doubleValue();
            double drawn = 500 * Math.pow(10, (curve.get("ys").get(place++).doubleValue() - low)
                    / (curve.get("high").doubleValue() - low));
            assertThat(drawn).isCloseTo(expected.get(n), within(expected.get(n) / 200)); // a tenth of a pixel
        }
    }

    @Test
    void hoverZoomToggleAndSaveWork() throws Exception {
        browser.open(run.resolve("report.html"), 1400, 900, false);
        browser.eval("document.getElementById('figure-percentiles-n3').scrollIntoView({block: 'center'})");
        JsonNode box = browser.eval("(r => ({x: r.x, y: r.y + r.height / 2, width: r.width}))(document.querySelector("
                + "'#figure-percentiles-n3 .chart svg').getBoundingClientRect())");
        double left = box.get("x").doubleValue();
        double width = box.get("width").doubleValue();
        double y = box.get("y").doubleValue();
        browser.mouse("mouseMoved", left + width / 2, y);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> browser.eval(
                "document.querySelector('#figure-percentiles-n3 .readout').innerText").textValue(),
                text -> text.matches("(?s)percentile [\\d.]+ %.*kafka: [\\d.,]+ µs.*"));
        String first = "document.querySelector('#figure-percentiles-n3 .curve polyline').getAttribute('points')";
        String before = browser.eval(first).textValue();
        browser.mouse("mousePressed", left + width / 2, y);
        browser.mouse("mouseMoved", left + width * 3 / 4, y);
        browser.mouse("mouseReleased", left + width * 3 / 4, y);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !browser.eval(first).textValue().equals(before));
        browser.eval("document.querySelector('#figure-percentiles-n3 .chart svg').dispatchEvent(new MouseEvent('dblclick'))");
        assertThat(browser.eval(first + ".split(' ').map(p => p.split(',').map(Number)).flat()"))
                .isEqualTo(browser.eval("'" + before + "'.split(' ').map(p => p.split(',').map(Number)).flat()"));

        String shown = "getComputedStyle(document.querySelector('#figure-percentiles-n3 .curve')).display !== 'none'";
        assertThat(browser.eval(shown).booleanValue()).isTrue();
        browser.eval("document.querySelector('#figure-percentiles-n3 .legend').dispatchEvent(new MouseEvent('click'))");
        assertThat(browser.eval(shown).booleanValue()).isFalse();
        browser.eval("document.querySelector('#figure-percentiles-n3 .legend').dispatchEvent("
                + "new KeyboardEvent('keydown', {key: 'Enter'}))");
        assertThat(browser.eval(shown).booleanValue()).isTrue();
        browser.eval("document.querySelector('button[data-save=percentiles-n3]').click()");
        Path saved = folder.resolve("percentiles-n3.svg");
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(saved) && Files.size(saved) > 1000);
        assertThat(Files.readString(saved)).startsWith("<svg").contains("Completed by percentile, N = 3</text>");
        browser.eval("document.querySelector('details.timeline').open = true");
        assertThat(browser.eval("document.querySelector('#figure-timeline-1 svg').getBoundingClientRect().height > 100")
                .booleanValue()).isTrue();
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void everyChartHasItsTableAndPrints() throws Exception {
        browser.open(run.resolve("report.html"), 1400, 900, true);
        assertThat(browser.eval("[...document.querySelectorAll('figure')].every(f => f.querySelector('table tbody tr') && "
                + "f.getAttribute('aria-labelledby'))").booleanValue()).isTrue();
        browser.call("Emulation.setEmulatedMedia", Map.of("media", "print"));
        assertThat(browser.eval("document.querySelector('#figure-percentiles-n1 svg').getBoundingClientRect().height > 100")
                .booleanValue()).isTrue();
        assertThat(browser.eval("getComputedStyle(document.querySelector('#figure-percentiles-n1 text')).fill").textValue())
                .isEqualTo("rgb(0, 0, 0)");
        assertThat(browser.eval("getComputedStyle(document.querySelector('#figure-percentiles-n1 button')).display")
                .textValue())
                .isEqualTo("none");
        browser.call("Emulation.setEmulatedMedia", Map.of("media", ""));
    }

    @Test
    void withoutJavaScriptEveryChartIsThere() throws Exception {
        browser.call("Emulation.setScriptExecutionDisabled", Map.of("value", true));
        try {
            browser.call("Page.navigate", Map.of("url", run.resolve("report.html").toUri().toString()));
            Awaitility.await().atMost(Duration.ofSeconds(20))
                    .until(() -> browser.eval("document.querySelectorAll('figure svg').length").intValue() == 7 + 9);
            assertThat(browser.eval("document.querySelector('#figure-percentiles-n1 svg').getBoundingClientRect().height > 100 && "
                    + "!document.documentElement.classList.contains('js')").booleanValue()).isTrue();
        } finally {
            browser.call("Emulation.setScriptExecutionDisabled", Map.of("value", false));
        }
    }

    @Test
    void fitsAWideScreenAndAPhoneInLightAndDark() throws Exception {
        for (int width : new int[] {1400, 400}) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.open(run.resolve("report.html"), width, 2400, dark);
                assertThat(browser.eval("[...document.querySelectorAll('body *')].filter(e => !e.closest('.wide, .chart') && "
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
        assertThat(browser.eval("document.querySelectorAll('#figure-percentiles-n10 .curve').length").intValue()).isEqualTo(15);
        assertThat(browser.errors()).isEmpty();
    }
}
