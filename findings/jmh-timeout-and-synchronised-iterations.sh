#!/usr/bin/env bash
# JMH 1.37: the iteration timeout (-to, @Timeout) does nothing while iterations are synchronised (-si true, the default).
#
# Guess:     "-to 1s" interrupts an operation that is still running one second after its iteration's end, and the run says so.
# Seen:      with -si true an operation of 6 s under "-to 1s -r 100ms" runs to its end, nothing is interrupted, the score is
#            printed as a good one, exit code 0. With -si false the same operation is interrupted, and reported as timed out.
# Why:       the handler waits for all workers to be ready for the warm-down before it looks at the deadline, and that wait
#            has no limit; without synchronised iterations there is no such wait (BenchmarkHandler.runIteration).
# Matters:   a CI job that relies on -to to end a benchmark which hangs waits for ever. It needs a deadline of its own.
# Run on:    2026-11-27, JMH 1.37 (jmh-core, jmh-generator-annprocess from Maven Central), JDK 17.0.15, Linux.
# Exit code: 0 while JMH behaves so, 1 when it no longer does.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/classes"

cat >"$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>jmh-timeout</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.openjdk.jmh</groupId><artifactId>jmh-generator-annprocess</artifactId><version>1.37</version>
    </dependency>
  </dependencies>
</project>
POM
cat >"$work/src/Slow.java" <<'JAVA'
package finding;

import org.openjdk.jmh.annotations.Benchmark;

public class Slow {
    @Benchmark
    public void sixSeconds() throws InterruptedException {
        Thread.sleep(6000);
    }
}
JAVA

mvn -B -ntp -q -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DoutputDirectory="$work/lib"
jars=$(printf '%s:' "$work"/lib/*.jar)
javac -processorpath "$jars" -cp "$jars" -d "$work/classes" "$work/src/Slow.java"

run() { # SYNCHRONISED: runs one iteration of one operation, prints what came of it
  local code=0
  java -cp "$work/classes:$jars" org.openjdk.jmh.Main Slow -f 1 -wi 0 -i 1 -r 100ms -to 1s -si "$1" \
    >"$work/out.txt" 2>&1 || code=$?
  echo "-si $1: exit code $code, $(grep -E '^Iteration' "$work/out.txt")"
}

synchronised=$(run true)
free=$(run false)
echo "$synchronised"
echo "$free"
[[ $synchronised =~ "exit code 0, Iteration   1: 0."[0-9]+" ops/s" ]] || { echo "changed: -to has an effect now" >&2; exit 1; }
[[ $free == *"benchmark timed out, interrupted"* ]] || { echo "changed: no time-out without synchronised iterations" >&2; exit 1; }
echo "as stated"
