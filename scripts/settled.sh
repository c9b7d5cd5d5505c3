#!/usr/bin/env bash
# Is a row of the default run at its level? One block, 640 slices of each of the nine rows, about half an hour: p50 of the
# first eight slices, which are what the default run measures, beside p50 of the next sixteen, and p50 after three minutes of
# the same closed loop (600 slices of 300 ms), in the same JVM. Prints a line for each row with two ratios of the first to the
# last: of the slices' medians, and of their lower quartiles. Fails if the latter differs from 1 by more than 10 %: a slow
# spell of the machine makes some slices slower and none faster, while a row that is not warm has no quick slice.
#   scripts/settled.sh [JMH options and properties]
# LOG=FILE reads the jmh.log of such a run and measures nothing.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
cd "$here/.."
results=${RESULTS:-results}
log=${LOG:-}
if [ -z "$log" ]; then
  mkdir -p "$results"
  java -jar target/benchmarks.jar 'FanOutBenchmark|ProduceToConsumeBenchmark' --blocks 1 --slices 640 \
    "-Ddelivery.results=$results" -Ddelivery.label=settled "$@"
  log=$(find "$results" -maxdepth 1 -name '*-settled' | sort | tail -n 1)/jmh.log
fi
sed -nE 's/^slice ([0-9]+): (\w+) .*recipients=([0-9]+).*: p50 ([0-9.]+) µs$/\2 \3 \1 \4/p' "$log" | sort -k1,1 -k2,2n -k4,4n |
  awk '
    function far(ratio) { return ratio > 1.1 || ratio < 1 / 1.1 }
    function row(  quartiles) {
      if (name == "") return
      quartiles = first[int((f + 3) / 4)] / last[int((l + 3) / 4)]
      printf "%-16s N = %-3d measured %8.1f us   next sixteen %8.1f us   after three minutes %8.1f us   ratio %.2f, of lower quartiles %.2f%s\n",
        name, n, first[int((f + 1) / 2)], next16[int((m + 1) / 2)], last[int((l + 1) / 2)],
        first[int((f + 1) / 2)] / last[int((l + 1) / 2)], quartiles, (far(quartiles) ? "   MORE THAN 10 % APART" : "")
      if (far(quartiles)) apart = 1
      rows++
    }
    $1 != name || $2 != n { row(); name = $1; n = $2; f = m = l = 0 }
    $3 <= 8 { first[++f] = $4 }
    $3 > 8 && $3 <= 24 { next16[++m] = $4 }
    $3 > 600 { last[++l] = $4 }
    END { row(); exit rows != 9 || apart }'
