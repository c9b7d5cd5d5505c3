package dev.brew.delivery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/regress.sh in a repository of its own, with a Maven and a Java that only note what they are asked. */
class RegressScriptIT {

    @TempDir
    Path folder;
    private Path project;
    private Path tools;

    @BeforeEach
    void makeProject() throws Exception {
        project = Files.createDirectories(folder.resolve("project"));
        tools = Files.createDirectories(folder.resolve("tools"));
        Files.createDirectory(project.resolve("scripts"));
        Files.copy(Path.of("scripts/regress.sh"), project.resolve("scripts/regress.sh"));
        tool("mvn", "mkdir -p target; { git rev-parse HEAD; [ -d .git ] && echo clone; } >target/benchmarks.jar");
        tool("java", "echo \"$@\"");
        git(project, "init", "-q");
        commit("first");
        commit("second");
    }

    @Test
    void eachRevisionIsBuiltWhereGitKnowsItAsTheHead() throws Exception {
        String base = git(project, "rev-parse", "HEAD~1");
        String candidate = git(project, "rev-parse", "HEAD");
        assertThat(script(folder, "HEAD~1")).isZero();
        assertThat(jars()).containsExactlyInAnyOrder(base + ".jar", candidate + ".jar");
        for (String commit : List.of(base, candidate)) {
            assertThat(project.resolve("target/regress/" + commit + ".jar")).hasContent(commit + "\nclone");
        }
        assertThat(output()).contains("regress --base ").contains(base + ".jar --candidate ");
        assertThat(git(project, "worktree", "list").lines()).hasSize(1);
    }

    @Test
    void whereGitRefusesNothingIsBuiltAndTheCallersRepositoryIsLeftAlone() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        git(other, "init", "-q");
        tool("git", "case \"$1\" in -C) exit 128 ;; esac; exec " + gitPath() + " \"$@\"");
        assertThat(script(other, "HEAD")).isEqualTo(2);
        assertThat(output()).contains("regress.sh: git cannot read the repository of this script, ");
        assertThat(other.resolve("target")).doesNotExist();
    }

    private int script(Path from, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", project.resolve("scripts/regress.sh").toString()));
        command.addAll(List.of(arguments));
        return run(from, command);
    }

    private String git(Path in, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        assertThat(run(in, command)).as(output()).isZero();
        return output().strip();
    }

    private void commit(String message) throws Exception {
        Files.writeString(project.resolve("file"), message);
        git(project, "add", "-A");
        git(project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", message);
    }

    private String gitPath() throws Exception {
        run(folder, List.of("bash", "-c", "command -v git"));
        return output().strip();
    }

    private int run(Path in, List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    private List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(project.resolve("target/regress"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
