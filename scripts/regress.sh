#!/usr/bin/env bash
# Builds two revisions in git worktrees and measures them side by side: scripts/regress.sh BASE_REF [CANDIDATE_REF] [-- regress options].
# Without CANDIDATE_REF the candidate is HEAD. Exit code: that of regress (docs/ci.md).
set -euo pipefail
cd "$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)"

usage() {
  echo "$1 (scripts/regress.sh BASE_REF [CANDIDATE_REF] [-- regress options])" >&2
  exit 2
}

[ $# -ge 1 ] && [ "$1" != -- ] || usage "BASE_REF is missing"
base=$1
shift
candidate=HEAD
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  candidate=$1
  shift
fi
[ $# -eq 0 ] || { [ "$1" = -- ] && shift; } || usage "not understood: $1"

work=$(mktemp -d "${TMPDIR:-/tmp}/delivery-regress.XXXXXX")
finish() {
  git worktree remove --force "$work/tree" 2>/dev/null || true # it may not have come so far
  rm -rf "$work"
}
trap finish EXIT

# A revision's jar stays in target/regress: it need not be built again, and an interrupted job can go on with it.
mkdir -p target/regress
jar_of() { # REF: sets $jar
  local commit
  commit=$(git rev-parse --verify --quiet "$1^{commit}") || usage "no such revision: $1"
  jar=$PWD/target/regress/$commit.jar
  [ ! -f "$jar" ] || return 0
  echo "regress.sh: building $1, $(git log -1 --format='%h %s' "$commit")"
  git worktree add --quiet --detach "$work/tree" "$commit"
  (cd "$work/tree" && ${MVN:-mvn} -B -ntp -q -DskipTests package)
  cp "$work/tree/target/benchmarks.jar" "$jar.tmp"
  mv "$jar.tmp" "$jar"
  git worktree remove --force "$work/tree"
}
jar_of "$base"
base_jar=$jar
jar_of "$candidate"

# the candidate's own program measures both; REGRESS_JAR names another, for a candidate that has no regress yet
java -jar "${REGRESS_JAR:-$jar}" regress --base "$base_jar" --candidate "$jar" "$@"
