#!/usr/bin/env bash
# Draws the charts of one run, or of several runs together, as SVG and PNG: scripts/plot.sh [RUN…]
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
exec java -jar "$here/../target/benchmarks.jar" report --format svg,png "$@"
