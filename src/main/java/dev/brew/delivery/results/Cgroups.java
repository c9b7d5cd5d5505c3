package dev.brew.delivery.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The limits of this process's control groups, version 1 and 2. Its own group and each ancestor of the group limit it; the
 * smallest limit holds. Linux only; other systems have no limits.
 */
final class Cgroups {

    private final Path root;

    /** @param root the directory that contains /proc and the mount points */
    Cgroups(Path root) {
        this.root = root;
    }

    /** The limit of processor time, in processors; empty without a limit. */
    OptionalDouble processors() {
        return Stream.concat(limits("cpu", group -> quota1(group)), limits("", group -> quota2(group)))
                .mapToDouble(Double::doubleValue).min();
    }

    /** The limit of memory in bytes; empty without a limit. */
    OptionalLong memory() {
        return Stream.concat(limits("memory", group -> bytes(group, "memory.limit_in_bytes")),
                limits("", group -> bytes(group, "memory.max"))).mapToLong(Long::longValue).min();
    }

    private static Optional<Double> quota1(Path group) {
        Optional<Double> quota = text(group, "cpu.cfs_quota_us").map(Double::valueOf).filter(value -> value > 0);
        return quota.flatMap(value -> text(group, "cpu.cfs_period_us").map(period -> value / Double.parseDouble(period)));
    }

    private static Optional<Double> quota2(Path group) {
        return text(group, "cpu.max").map(line -> line.split(" ")).filter(words -> !words[0].equals("max"))
                .map(words -> Double.parseDouble(words[0]) / Double.parseDouble(words[1]));
    }

    /** The kernel writes an absent limit of version 1 as the largest number of whole pages. */
    private static Optional<Long> bytes(Path group, String file) {
        return text(group, file).filter(value -> value.matches("\\d{1,18}")).map(Long::valueOf);
    }

    private static Optional<String> text(Path group, String file) {
        try {
            return Optional.of(Files.readString(group.resolve(file)).strip());
        } catch (IOException e) {
            return Optional.empty(); // no limits: the top of a hierarchy, or a group without this controller
        }
    }

    /** @param controller of version 1; empty for version 2 */
    private <T> Stream<T> limits(String controller, Function<Path, Optional<T>> limit) {
        return groups(controller).stream().flatMap(group -> limit.apply(group).stream());
    }

    /** This process's group and those of its ancestors that are mounted. */
    private List<Path> groups(String controller) {
        List<Path> groups = new ArrayList<>();
        Optional<String> own = lines("proc/self/cgroup").stream().map(line -> line.split(":", 3))
                .filter(parts -> parts.length == 3 && has(parts[1], controller)).map(parts -> parts[2]).findFirst();
        Optional<Mount> mount = lines("proc/self/mountinfo").stream().flatMap(line -> Mount.parse(line).stream())
                .filter(candidate -> candidate.isOf(controller)).findFirst();
        if (own.isPresent() && mount.isPresent()) {
            Path top = root.resolve(mount.get().point.substring(1));
            for (Path at = top.resolve(mount.get().below(own.get())).normalize(); at != null && at.startsWith(top);
                    at = at.getParent()) {
                groups.add(at);
            }
        }
        return groups;
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of(); // not Linux
        }
    }

    private static boolean has(String list, String controller) {
        return controller.isEmpty() ? list.isEmpty() : List.of(list.split(",")).contains(controller);
    }

    /**
     * A line of mountinfo.
     *
     * @param source  the group that is mounted there
     * @param point   the mount point, as an absolute path
     * @param options the options of the mount, which include the controllers
     */
    private record Mount(String source, String point, String type, String options) {

        private static final int SOURCE = 3;
        private static final int POINT = 4;

        static Optional<Mount> parse(String line) {
            String[] halves = line.split(" - ", 2);
            String[] left = halves[0].split(" ");
            String[] right = halves.length == 2 ? halves[1].split(" ") : new String[0];
            return left.length <= POINT || right.length < 3 ? Optional.empty()
                    : Optional.of(new Mount(left[SOURCE], left[POINT], right[0], right[2]));
        }

        boolean isOf(String controller) {
            return controller.isEmpty() ? type.equals("cgroup2") : type.equals("cgroup") && has(options, controller);
        }

        /** The path of {@code group} below the mount point; empty if the group is not below the mounted group. */
        String below(String group) {
            String prefix = source.equals("/") ? "" : source;
            boolean inside = group.equals(source) || group.startsWith(prefix + "/");
            return inside && !group.contains("..") ? group.substring(Math.min(group.length(), prefix.length() + 1)) : "";
        }
    }
}
