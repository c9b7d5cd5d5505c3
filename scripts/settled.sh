#!/usr/bin/env bash
# Is a row of the default run at its level? One block, 640 slices of each of the nine rows, about half an hour: p50 of the
# first eight slices, which are what the default run measures, beside p50 of the next sixteen, and p50 after three minutes of
# the same closed loop (600 slices of 300 ms), in the same JVM. A TCP round trip, which needs no warm-up, is measured beside
# them: if the machine was slower at first, so was the round trip. Prints a line for each row, with first / last, and the same
# divided by that of the round trip; fails if the latter differs from 1 by more than 10 %.
#   scripts/settled.sh [JMH options and properties]
# LOG=FILE reads the jmh.log of such a run and measures nothing.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
cd "$here/.."
results=${RESULTS:-results}
log=${LOG:-}
if [ -z "$log" ]; then
  mkdir -p "$results"
  java -jar target/benchmarks.jar 'FanOutBenchmark|ProduceToConsumeBenchmark|TcpRoundTripBenchmark' --blocks 1 --slices 640 \
    "-Ddelivery.results=$results" -Ddelivery.label=settled "$@"
  log=$(find "$results" -maxdepth 1 -name '*-settled' | sort | tail -n 1)/jmh.log
fi
# path, recipients (the round trip: 0, so that it comes first), slice, p50
sed -nE -e 's/^slice ([0-9]+): TcpRoundTrip .*: p50 ([0-9.]+) µs$/- 0 \1 \2/p' \
  -e 's/^slice ([0-9]+): (\w+) .*recipients=([0-9]+).*: p50 ([0-9.]+) µs$/\2 \3 \1 \4/p' "$log" |
  LC_ALL=C sort -k1,1 -k2,2n -k4,4n |
  awk '
    function far(ratio) { return ratio > 1.1 || ratio < 1 / 1.1 }
    function row() {
      if (name == "") return
      ratio = first[int((f + 1) / 2)] / last[int((l + 1) / 2)]
      if (name == "-") machine = ratio
      if (!machine) { print "this log has no round trip" > "/dev/stderr"; exit 1 }
      printf "%-16s N = %-3d measured %8.1f us   next sixteen %8.1f us   after three minutes %8.1f us   ratio %.2f, to the round trip %.2f%s\n",
        (name == "-" ? "TcpRoundTrip" : name), (n == 0 ? 1 : n), first[int((f + 1) / 2)], next16[int((m + 1) / 2)],
        last[int((l + 1) / 2)], ratio, ratio / machine, (far(ratio / machine) ? "   MORE THAN 10 % APART" : "")
      if (far(ratio / machine)) apart = 1
      rows++
    }
    $1 != name || $2 != n { row(); name = $1; n = $2; f = m = l = 0 }
    $3 <= 8 { first[++f] = $4 }
    $3 > 8 && $3 <= 24 { next16[++m] = $4 }
    $3 > 600 { last[++l] = $4 }
    END { if (machine) row(); exit rows != 10 || apart }'
