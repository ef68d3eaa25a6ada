#!/usr/bin/env bash
# Runs the cases of a commit on the rules of today:
#
#     bash gate.sh main
#
# Fails where an expectation changed, and the case of today has no new `note` or `source` that says why.
set -euo pipefail

base=$1
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT

if [ -n "${base//0/}" ]; then
  git archive "$base" rulebooks | tar -x -C "$old"
fi

worst=0
for rulebook in rulebooks/*.kpi.yaml; do
  if [ -e "$old/$rulebook" ]; then
    code=0
    kpirules gate "$old/$rulebook" "$rulebook" || code=$?
    worst=$((code > worst ? code : worst))
  fi
done
exit "$worst"
