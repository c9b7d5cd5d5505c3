#!/usr/bin/env bash
# How far apart are two runs of blocks? For each pair of paths: the ratio of both runs, and their difference ÷ the
# difference that the intervals allow, √(half width of A² + half width of B²), on logarithms: √2 × the half width if both
# are alike. Fails if fewer than 19 of 20 are within it, or if the runs have no pair in common.
# usage: scripts/apart.sh RUN_A RUN_B
set -euo pipefail
[ $# = 2 ] || { echo "usage: scripts/apart.sh RUN_A RUN_B" >&2; exit 2; }
sentences() { # RUN
  [ -f "$1/report.html" ] || { echo "apart.sh: $1 has no report.html" >&2; exit 2; }
  { grep -oE 'At [0-9]+ recipients? [^<]* takes [0-9.]+ × as long as [^<]* \[[0-9.]+, [0-9.]+\]' "$1/report.html" || true; } |
    sed -E 's/^At ([0-9]+) recipients? (.*) takes ([0-9.]+) × as long as (.*) \[([0-9.]+), ([0-9.]+)\]$/N = \1: \2 ÷ \4;\3;\5;\6/'
}
a=$(sentences "$1")
b=$(sentences "$2")
join -t ';' -j 1 <(sort -u <<<"$a") <(sort -u <<<"$b") | LC_ALL=C awk -F ';' '
  {
    allowed = sqrt(((log($4) - log($3)) / 2) ^ 2 + ((log($7) - log($6)) / 2) ^ 2)
    apart = (log($2) - log($5)) / allowed
    apart = apart < 0 ? -apart : apart
    printf "%-50s %.2f [%.2f, %.2f]   %.2f [%.2f, %.2f]   %.2f%s\n", $1, $2, $3, $4, $5, $6, $7, apart, (apart > 1 ? "   OUTSIDE" : "")
    pairs++
    outside += apart > 1
  }
  END {
    printf "%d of %d pairs are within what the intervals allow\n", pairs - outside, pairs
    exit pairs == 0 || outside > pairs / 20
  }'
