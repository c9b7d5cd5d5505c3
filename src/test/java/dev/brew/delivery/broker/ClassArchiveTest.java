package dev.brew.delivery.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are made, found again, and never more than a few; the JVM that would make one is the test's. */
class ClassArchiveTest {

    @TempDir
    private Path folder;
    private Path cache;
    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        cache = folder.resolve("cache");
        jar = Files.writeString(folder.resolve("a.jar"), "one");
    }

    @Test
    void isMadeOnceAndFoundAgain() throws Exception {
        assertThat(here().exists()).isFalse();
        here().make(this::write);
        assertThat(here().exists()).isTrue();
        assertThat(here().use()).matches("-XX:SharedArchiveFile=\\S+/broker-[0-9a-f]{16}\\.jsa");
        assertThat(files()).hasSize(1);
    }

    @Test
    void aJarThatWasBuiltAgainHasAnotherAndTheOldestGo() throws Exception {
        here().make(this::write);
        Path first = cache.resolve(files().get(0));
        Files.setLastModifiedTime(first, FileTime.from(Instant.EPOCH));
        for (String content : List.of("two words", "three words more", "four")) {
            Files.writeString(jar, content);
            assertThat(here().exists()).isFalse();
            here().make(this::write);
        }
        assertThat(files()).hasSize(3).doesNotContain(first.getFileName().toString());
    }

    @Test
    void nothingUnfinishedStays() throws Exception {
        here().make(option -> {
            write(option);
            throw new IOException("killed");
        });
        assertThat(files()).isEmpty();
        Files.writeString(cache.resolve("broker-0.jsa.999999999.tmp"), "of a process that is no more");
        Path other = Files.writeString(cache.resolve("broker-0.jsa." + ProcessHandle.current().pid() + ".tmp"), "mine");
        here().make(option -> { }); // it was too slow to end, say
        assertThat(files()).containsExactly(other.getFileName().toString());
        assertThat(here().exists()).isFalse();
    }

    @Test
    void whatCannotBeDeletedOrRenamedIsASlowStartAndNoFailure() throws Exception {
        Files.createDirectories(cache);
        Files.writeString(cache.resolve("broker-0.jsa.tmp"), "of no process");
        Files.createDirectories(cache.resolve("broker-0.jsa.999999999.tmp/a directory"));
        String name = Path.of(here().use().substring("-XX:SharedArchiveFile=".length())).getFileName().toString();
        Files.createDirectories(cache.resolve(name + "/another"));
        assertThat(here().exists()).isFalse();
        here().make(this::write);
        assertThat(here().exists()).isFalse();
        assertThat(files()).containsExactlyInAnyOrder("broker-0.jsa.tmp", "broker-0.jsa.999999999.tmp", name);
        here().discard();
    }

    @Test
    void anArchiveThatGoesAwayUnderItsUserIsNoFailure() throws Exception {
        assertThat(here().exists()).isFalse();
        assertThat(here().use()).endsWith(".jsa");
    }

    @Test
    void aCacheDirectoryThatIsNotAbsoluteIsIgnored() {
        assertThat(ClassArchive.cache(Map.of("XDG_CACHE_HOME", "/var/cache"))).isEqualTo(Path.of("/var/cache"));
        for (String ignored : List.of("", "cache")) {
            assertThat(ClassArchive.cache(Map.of("XDG_CACHE_HOME", ignored)))
                    .isEqualTo(Path.of(System.getProperty("user.home"), ".cache"));
        }
    }

    @Test
    void thereIsNoneForClassesInADirectoryOrWithoutACache() throws Exception {
        assertThat(ClassArchive.of(List.of(jar, folder), cache)).isEmpty();
        assertThat(ClassArchive.of(List.of(jar), jar)).isEmpty();
    }

    private void write(String option) throws IOException {
        assertThat(option).startsWith("-XX:ArchiveClassesAtExit=");
        Files.writeString(Path.of(option.substring(option.indexOf('=') + 1)), "archive");
    }

    private ClassArchive here() {
        return ClassArchive.of(List.of(jar), cache).orElseThrow();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
