#!/usr/bin/env bash
# Repeats the reference results: scripts/reference.sh [run] [sweep] [disturb] [matrix]; default: all of them, about 40
# minutes.
# Each kind is measured into target/reference, trimmed to the files that git should hold, and put to results/reference/KIND.
# A run that fails ends the script and leaves results/reference/KIND as it was. TRIM=DIR only trims a copy of the run in DIR.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=target/reference
limit_kib=8192

# The page, pictures, figures, and what report and compare read; no PNG, no log, no file for another tool alone. Of a run,
# the trials stay and the merged .hlog go. A sweep has more than a hundred points: of each, the intervals of completed stay, which are the
# untagged lines of its merged .hlog.
trim() { # DIR
  find "$1" -name '*.png' -delete
  if [ -f "$1/sweep.json" ]; then
    rm -rf "$1/trials"
    find "$1" -name '*.hgrm' -delete
    find "$1" -name '*.hlog' -exec sed -i '/^Tag=/d' {} +
  elif [ -n "$(find "$1" -path '*/trials/*.hlog')" ]; then
    find "$1" -maxdepth 1 -name '*.hlog' -delete
  fi
  rm -rf "$1"/processes "$1"/jmh.json "$1"/jmh.log "$1"/jmh-visualizer.json
  find "$1" -type d -empty -delete
}

keep() { # RUN KIND
  trim "$1"
  rm -rf "results/reference/$2"
  mv "$1" "results/reference/$2"
}

# A job in the background ignores Ctrl-C, so the traps end it; its own children end with it.
child=
trap '[ -z "$child" ] || { kill "$child" 2>/dev/null || true; wait "$child" || true; }' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

measure() { # KIND
  local arguments=("$1")
  case $1 in
    run) arguments=() ;;
    matrix) arguments=(matrix --seed 1) ;;
  esac
  rm -rf "${work:?}/$1"
  mkdir -p "$work/$1"
  java "-Ddelivery.results=$work/$1" -jar target/benchmarks.jar ${arguments[@]+"${arguments[@]}"} &
  child=$!
  wait "$child" || { code=$?; child=; echo "reference.sh: $1 failed with exit code $code" >&2; exit 1; }
  child=
  keep "$(find "$work/$1" -mindepth 1 -maxdepth 1 -type d -name '*-*')" "$1"
}

if [ -n "${TRIM:-}" ]; then
  mkdir -p "$work"
  rm -rf "$work/trimmed"
  cp -r "$TRIM" "$work/trimmed"
  trim "$work/trimmed"
  du -sk --apparent-size "$work/trimmed"
  exit
fi
[ $# -gt 0 ] || set -- run sweep disturb matrix
for kind in "$@"; do
  case $kind in run | sweep | disturb | matrix) ;; *)
    echo "reference.sh: KIND must be run, sweep, disturb or matrix, got $kind" >&2
    exit 2 ;;
  esac
done
mkdir -p results/reference
for kind in "$@"; do
  measure "$kind"
done
du -k --apparent-size --max-depth=1 results/reference
total=$(du -sk --apparent-size results/reference | cut -f 1)
[ "$total" -le "$limit_kib" ] || {
  echo "reference.sh: results/reference has $total KiB, which is above $limit_kib" >&2
  exit 1
}
