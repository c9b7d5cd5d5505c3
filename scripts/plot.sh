#!/usr/bin/env bash
# Draws the charts of a run, or of several over each other, as SVG and PNG: scripts/plot.sh [RUN…]
set -euo pipefail
exec java -jar "$(dirname "${BASH_SOURCE[0]}")/../target/benchmarks.jar" report --format svg,png "$@"
