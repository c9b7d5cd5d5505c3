#!/usr/bin/env bash
# Builds two revisions in clones of this repository and measures them in interleaved pairs.
#   scripts/regress.sh BASE_REF [CANDIDATE_REF] [-- regress options]
# CANDIDATE_REF is HEAD by default. The exit code is that of regress (docs/ci.md).
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# An assignment, not cd "$(…)": if git refuses, cd "" would stay in the caller's directory, which may be another repository.
root=$(git -C "$here" rev-parse --show-toplevel) || {
  echo "regress.sh: git cannot read the repository of this script, $here" >&2
  exit 2
}
cd "$root"

usage() {
  echo "$1 (scripts/regress.sh BASE_REF [CANDIDATE_REF] [-- regress options])" >&2
  exit 2
}

[ "${1:---}" != -- ] || usage "BASE_REF is missing"
base=$1
shift
candidate=HEAD
if [ $# -gt 0 ] && [ "$1" != -- ]; then
  candidate=$1
  shift
fi
if [ $# -gt 0 ]; then
  [ "$1" = -- ] || usage "not understood: $1"
  shift
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/delivery-regress.XXXXXX")
trap 'rm -rf "$work"' EXIT

# A revision's jar stays in target/regress: it need not be built again, and an interrupted job can go on with it.
mkdir -p target/regress
jar_of() { # REF: sets $jar
  local commit title objects shallow
  commit=$(git rev-parse --verify --quiet "$1^{commit}") || usage "no such revision: $1"
  jar=$PWD/target/regress/$commit.jar
  [ ! -f "$jar" ] || ! java -jar "$jar" --version | grep -x "git.commit $commit" >/dev/null || return 0
  title=$(git log -1 --format='%h %s' "$commit")
  echo "regress.sh: building $1, $title"
  # A clone, not a linked worktree: git-commit-id-maven-plugin reads a worktree's commit from the main tree.
  git init --quiet "$work/tree"
  objects=$(git rev-parse --git-path objects)
  realpath "$objects" >"$work/tree/.git/objects/info/alternates"
  shallow=$(git rev-parse --git-path shallow)
  [ ! -f "$shallow" ] || cp "$shallow" "$work/tree/.git/shallow"
  git -C "$work/tree" checkout --quiet --detach "$commit"
  (cd "$work/tree" && ${MVN:-mvn} -B -ntp -q -DskipTests package)
  cp "$work/tree/target/benchmarks.jar" "$jar.tmp"
  mv "$jar.tmp" "$jar"
  rm -rf "$work/tree"
}
jar_of "$base"
base_jar=$jar
jar_of "$candidate"

# the candidate's own program measures both; REGRESS_JAR names another, for a candidate that has no regress yet
java -jar "${REGRESS_JAR:-$jar}" regress --base "$base_jar" --candidate "$jar" "$@"
