package dev.brew.delivery.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines as files below a directory: /proc, and control groups where mountinfo says they are mounted. */
class MachineTest {

    private static final String V1 = """
            31 23 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            32 31 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
            33 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """;
    private static final String V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    @TempDir
    Path root;

    @Test
    void aQuotaOfItsOwnGroupIsSeenInVersion1() throws IOException {
        groups("4:memory:/\n3:cpu,cpuacct:/jobs/mine\n0::/\n", V1);
        write("sys/fs/cgroup/cpu,cpuacct/jobs/mine/cpu.cfs_quota_us", "110000");
        write("sys/fs/cgroup/cpu,cpuacct/jobs/mine/cpu.cfs_period_us", "100000");
        write("sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "-1");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");

        assertThat(Machine.describe(root)).containsEntry("limit.cpu", "1.10 processors")
                .containsEntry("limit.memory", "none");
    }

    @Test
    void theSmallestLimitOfAllAncestorsHoldsInVersion2() throws IOException {
        groups("0::/pod/container/mine\n", V2);
        write("sys/fs/cgroup/pod/cpu.max", "50000 100000");
        write("sys/fs/cgroup/pod/memory.max", "1073741824");
        write("sys/fs/cgroup/pod/container/cpu.max", "400000 100000");
        write("sys/fs/cgroup/pod/container/memory.max", "536870912");
        write("sys/fs/cgroup/pod/container/mine/cpu.max", "max 100000");
        write("sys/fs/cgroup/pod/container/mine/memory.max", "max");

        assertThat(Machine.describe(root)).containsEntry("limit.cpu", "0.50 processors")
                .containsEntry("limit.memory", "512 MiB");
    }

    @Test
    void aContainerSeesItsOwnGroupAtTheMountPoint() throws IOException {
        groups("0::/\n", V2);
        write("sys/fs/cgroup/cpu.max", "150000 100000");
        assertThat(Machine.describe(root)).containsEntry("limit.cpu", "1.50 processors");

        groups("3:cpu,cpuacct:/docker/abc/child\n", V1.replace("0:28 / ", "0:28 /docker/abc "));
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "20000");
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "10000");
        assertThat(Machine.describe(root)).containsEntry("limit.cpu", "2.00 processors");
    }

    @Test
    void withoutAnyOfTheseFilesNothingIsLimited() {
        assertThat(Machine.describe(root)).containsEntry("limit.cpu", "none").containsEntry("limit.memory", "none")
                .containsEntry("cpu.model", "unknown");
    }

    @Test
    void anArmProcessorIsKnownByItsImplementerAndParts() throws IOException {
        write("proc/cpuinfo", """
                processor\t: 0
                BogoMIPS\t: 243.75
                CPU implementer\t: 0x41
                CPU architecture: 8
                CPU variant\t: 0x3
                CPU part\t: 0xd0c
                CPU revision\t: 1

                processor\t: 1
                CPU implementer\t: 0x41
                CPU variant\t: 0x3
                CPU part\t: 0xd05
                CPU revision\t: 1
                """);
        assertThat(Machine.describe(root)).containsEntry("cpu.model",
                "implementer 0x41, part 0xd05/0xd0c, variant 0x3, revision 1");
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Abacus 9000\nflags\t: fpu\n");
        assertThat(Machine.describe(root)).containsEntry("cpu.model", "Abacus 9000");
    }

    @Test
    void aLittleMemoryMoreIsTheSameMachineAndTwiceAsMuchIsNot() {
        assertThat(Machine.isSame(machine("16000"), machine("16001"))).isTrue();
        assertThat(Machine.isSame(machine("16000"), machine("32000"))).isFalse();
        assertThat(Machine.isAlike("cpu.count", "100", "101")).isFalse();
    }

    @Test
    void limitsAsEarlierVersionsWroteThemAreUnderstood() {
        assertThat(Machine.isAlike("limit.cpu", "max 100000", "none")).isTrue();
        assertThat(Machine.isAlike("limit.cpu", "110000 100000", "1.10 processors")).isTrue();
        assertThat(Machine.isAlike("limit.cpu", "none", "1.10 processors")).isFalse();
        assertThat(Machine.isAlike("limit.memory", "max", "none")).isTrue();
        assertThat(Machine.isAlike("limit.memory", "536870912", "512 MiB")).isTrue();
        assertThat(Machine.isAlike("limit.memory", "none", "512 MiB")).isFalse();
    }

    @Test
    void aLittleMemoryMoreLeavesTheFingerprintAsItIs() {
        assertThat(environment("16001").fingerprintOf("row")).isEqualTo(environment("16000").fingerprintOf("row"));
    }

    private static Environment environment(String memory) {
        return new Environment(Environment.SCHEMA, "", java.util.List.of(), "", machine(memory), Map.of(),
                Map.of("row", Map.of("acks", "all")));
    }

    private static Map<String, String> machine(String memory) {
        return new TreeMap<>(Map.of("cpu.model", "Abacus", "cpu.count", "2", "memory.mib", memory));
    }

    private void groups(String own, String mounts) throws IOException {
        write("proc/self/cgroup", own);
        write("proc/self/mountinfo", mounts);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
