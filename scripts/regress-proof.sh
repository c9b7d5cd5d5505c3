#!/usr/bin/env bash
# Tests the gate: one default job for each seed, of one jar with two settings; prints what came out, and adds it to $PROOF
# (default results/regress-proof.tsv).
#   scripts/regress-proof.sh FIRST_SEED LAST_SEED NAME [BASE_ARGS [CANDIDATE_ARGS [regress options …]]]
#   scripts/regress-proof.sh 1 3 same
#   scripts/regress-proof.sh 1 3 linger '' '-Ddelivery.producer.linger.ms=1'
#   scripts/regress-proof.sh 1 3 tenth '-p delay=fixed:1ms' '-p delay=fixed:1160us'
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."
[ $# -ge 3 ] || { echo "usage: scripts/regress-proof.sh FIRST_SEED LAST_SEED NAME [BASE_ARGS [CANDIDATE_ARGS [options …]]]" >&2; exit 2; }
for number in "$1" "$2"; do
  [[ $number =~ ^[0-9]{1,9}$ ]] || { echo "regress-proof.sh: a seed is 0..999999999, got '$number'" >&2; exit 2; }
done
first=$1 last=$2 name=$3 base=${4:-} candidate=${5:-}
shift "$(($# < 5 ? $# : 5))"
jar=${JAR:-target/benchmarks.jar}
results=${RESULTS:-results}
proof=${PROOF:-$results/regress-proof.tsv}
mkdir -p "$results"

for ((seed = first; seed <= last; seed++)); do
  log=$results/proof-$name-$seed.log
  start=$(date +%s)
  code=0
  java -jar "$jar" regress "$@" "-Ddelivery.results=$results" --seed "$seed" --base-args "$base" \
    --candidate-args "$candidate" >"$log" 2>&1 || code=$?
  verdict=$(grep -E '^(PASS|IMPROVED|INCONCLUSIVE|REGRESSION): ' "$log" | tail -n 1) || verdict="no verdict, see $log"
  pairs=$(grep -c '^pair ' "$log") || true # it counts 0 then
  end=$(date +%s)
  printf '%s\t%s\t%s\t%s s\t%s pairs\t%s\n' "$name" "$seed" "$code" "$((end - start))" "$pairs" "$verdict" | tee -a "$proof"
done
