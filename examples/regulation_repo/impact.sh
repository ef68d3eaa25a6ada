#!/usr/bin/env bash
# What changed in the rulebooks since a commit, and whom it moves, as Markdown:
#
#     bash impact.sh main
#
# Fails only where a comparison can't run; that something changes is what it is for. Where there was nothing before, as
# at a first push, everything is new.
set -euo pipefail

base=$1
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT

# All rulebooks of that commit: one may rest on another.
if [ -n "${base//0/}" ]; then
  git archive "$base" rulebooks | tar -x -C "$old"
fi

for before in "$old"/rulebooks/*.kpi.yaml; do
  rulebook=${before#"$old"/}
  if [ -e "$before" ] && [ ! -e "$rulebook" ]; then
    printf '## %s is removed\n\n' "$(basename "$rulebook" .kpi.yaml)"
  fi
done

for rulebook in rulebooks/*.kpi.yaml; do
  name=$(basename "$rulebook" .kpi.yaml)
  if [ ! -e "$old/$rulebook" ]; then
    printf '## %s is new\n\n' "$name"
    continue
  fi
  code=0
  kpirules diff "$old/$rulebook" "$rulebook" --format markdown -o "$old/$name.md" \
    --population "population/$name.csv" --key ward --group district || code=$?
  case $code in
    0) printf '## %s is unchanged\n\n' "$name" ;;
    1) printf '## %s\n\n' "$name"; cat "$old/$name.md"; printf '\n' ;;
    *) exit "$code" ;;
  esac
done
