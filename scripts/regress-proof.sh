#!/usr/bin/env bash
# Tests the gate, in its shortest form. A/A must pass. A handler that is slower by 25 % of p50 must be a REGRESSION; the
# reverse must be IMPROVED.
#   scripts/regress-proof.sh FIRST_SEED LAST_SEED aa|slower|faster
# Each run adds one line to $PROOF (default results/regress-proof.tsv). The handlers of both sides wait on a timer, so the
# timer's overshoot is on both sides, and only the handler's delay differs.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."
[ $# -eq 3 ] || { echo "usage: scripts/regress-proof.sh FIRST_SEED LAST_SEED aa|slower|faster" >&2; exit 2; }
first=$1 last=$2 kind=$3
jar=${JAR:-target/benchmarks.jar}
results=${RESULTS:-results}
proof=${PROOF:-$results/regress-proof.tsv}
delay=${DELAY:-5000} # µs, delay of the baseline's handler
# compiled by C1 alone, a path settles in the fewest looks, some five seconds
fork=(ParallelFanOut -p recipients=1 -p executor=direct -jvmArgsAppend -XX:TieredStopAtLevel=1
  -wi 1 -w 200ms -i 1 -r 2200ms "-Ddelivery.results=$results")
mkdir -p "$results"

p50() { # the baseline's p50 in µs, of three trials
  java -jar "$jar" "${fork[@]}" -f 3 -p "delay=fixed:${delay}us" -Ddelivery.label=proof-p50 >"$results/proof-p50.log"
  grep -E '^grpc-parallel' "$results/proof-p50.log" | awk '{gsub(",", "", $3); print int($3)}'
}

more=0
if [ "$kind" != aa ]; then
  more=${MORE:-}
  if [ -z "$more" ]; then
    base_p50=$(p50) # set -e does not see a failure within an arithmetic expansion
    more=$((base_p50 / 4))
  fi
  echo "regress-proof.sh: the slower side takes $more µs longer"
fi
slow="-p delay=fixed:$((delay + more))us" quick="-p delay=fixed:${delay}us"
case $kind in
  aa | slower) base=$quick candidate=$slow ;;
  faster) base=$slow candidate=$quick ;;
  *) echo "kind must be aa, slower or faster, got $kind" >&2; exit 2 ;;
esac

for ((seed = first; seed <= last; seed++)); do
  start=$(date +%s)
  code=0
  java -jar "$jar" regress "${fork[@]}" --pairs 5 --seed "$seed" --base-args "$base" --candidate-args "$candidate" \
    >"$results/proof-$kind-$seed.log" 2>&1 || code=$?
  verdict=$(grep -E '^(PASS|IMPROVED|INCONCLUSIVE|REGRESSION): ' "$results/proof-$kind-$seed.log" | tail -n 1) ||
    verdict="no verdict, see $results/proof-$kind-$seed.log"
  trials=$(grep -c '^pair ' "$results/proof-$kind-$seed.log") || true # it counts 0 then
  p50s=$(grep -E '  completed p50 ' "$results/proof-$kind-$seed.log" | sed -E 's/.*completed p50 +//; s/  +/ | /g' | head -n 1) ||
    p50s=
  end=$(date +%s)
  printf '%s\t%s\t%s\t%s s\t%s trials\t%s\t%s\n' "$kind" "$seed" "$code" "$((end - start))" "$trials" "$verdict" \
    "$p50s" | tee -a "$proof"
done
