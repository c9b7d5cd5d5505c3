#!/usr/bin/env bash
# Compares our produce-to-consume latency with Kafka's own EndToEndLatency: one broker, alternating. Needs `mvn package`.
# usage: scripts/end-to-end-latency.sh [RECORDS [ALTERNATIONS]]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."
[ -f target/benchmarks.jar ] || { echo "target/benchmarks.jar is missing: run mvn package first" >&2; exit 2; }
[ -d target/kafka-tools ] || mvn -q -B -ntp -f scripts/kafka-tools/pom.xml dependency:copy-dependencies \
  -DoutputDirectory="$PWD/target/kafka-tools"
exec java -cp target/test-classes:target/benchmarks.jar dev.brew.delivery.path.kafka.EndToEndComparison \
  target/kafka-tools "${1:-60000}" "${2:-5}"
