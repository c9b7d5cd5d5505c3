#!/usr/bin/env bash
# How far one jar differs from itself if both sides are up at the same time and measured in turn: candidate ÷ base of each
# pair, three main benchmarks with three recipients. Needs `mvn package`; some three minutes for a pair on two cores.
# usage: scripts/pairs.sh [PAIRS] [ROUNDS] [MILLISECONDS of a slice] [SEED]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."
[ -f target/benchmarks.jar ] || { echo "target/benchmarks.jar is missing: run mvn package first" >&2; exit 2; }
for number in "$@"; do
  [[ $number =~ ^[1-9][0-9]{0,5}$ ]] || { echo "pairs.sh: $number is no number above 0" >&2; exit 2; }
done
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
java -cp target/test-classes:target/benchmarks.jar dev.brew.delivery.regress.PairExperiment target/benchmarks.jar \
  "$results" "${1:-5}" "${2:-24}" "${3:-400}" "${4:-1}"
