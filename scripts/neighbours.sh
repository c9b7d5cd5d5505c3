#!/usr/bin/env bash
# What the idle rows of a block cost: p50 of a row beside the eight others, and alone in the same JVM, in turn; prints the
# ratio with its interval. Needs `mvn package`; some eight minutes with 8 rounds.
# usage: scripts/neighbours.sh [ROUNDS]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."
[ -f target/benchmarks.jar ] || { echo "target/benchmarks.jar is missing: run mvn package first" >&2; exit 2; }
exec java -cp target/test-classes:target/benchmarks.jar dev.brew.delivery.rig.NeighbourComparison "${1:-8}"
