#!/usr/bin/env bash
# check.sh HARBOR SOURCE: what script/reference makes now is what is committed.
set -eu
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
bash "$2/script/reference" "$1" "$made"
diff -ru "$2/docs/reference" "$made" || {
  echo "run: script/reference $1 docs/reference" >&2
  exit 1
}
