#!/usr/bin/env bash
# JDK 17 and 25 on Linux: in a JVM that has no free file descriptor, ProcessHandle takes every process that is not its child for dead.
#
# Guess:     isAlive() and onExit() tell the truth, or throw.
# Seen:      with all descriptors in use, isAlive() of the JVM's own parent is false and its onExit() is complete at once,
#            while the parent lives; after some descriptors are given back, isAlive() is true again.
# Why:       the state of such a process is read from /proc/PID/stat, and a file that cannot be opened counts as a
#            process that is gone.
# Matters:   a watchdog that ends its JVM when the parent has died ends it in the moment when the JVM should report
#            "Too many open files", so that the cause is lost. Look first whether a file can be opened.
# Run on:    2026-11-27, OpenJDK 17.0.15 and 25.0.3, Linux 6.18 (only a JDK is needed).
# Exit code: 0 while the JDK behaves so, 1 when it no longer does.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/Watch.java" <<'JAVA'
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

public class Watch {
    public static void main(String[] arguments) throws Exception {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        parent.onExit().isDone(); // loads what is needed
        boolean before = parent.isAlive();
        List<FileInputStream> open = new ArrayList<>();
        try {
            while (true) {
                open.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException allInUse) {
            // as wanted
        }
        boolean alive = parent.isAlive();
        CompletableFuture<ProcessHandle> exit = parent.onExit();
        boolean exited = true;
        try {
            exit.get(2, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            exited = false;
        }
        for (FileInputStream one : open) {
            one.close();
        }
        System.out.println("alive before: " + before + ", without descriptors: " + alive + ", exited: " + exited
                + ", alive afterwards: " + parent.isAlive());
    }
}
JAVA

javac -d "$work" "$work/Watch.java"
seen=$( (ulimit -n 64; java -cp "$work" Watch; true) )
java -version 2>&1 | head -n 1
echo "$seen"
[ "$seen" = "alive before: true, without descriptors: false, exited: true, alive afterwards: true" ] || {
  echo "changed" >&2
  exit 1
}
echo "as stated"
