#!/usr/bin/env bash
# example.sh HARBOR SOURCE PACK: every example of docs/reference/descriptor.md does what its first line says. PACK is the
# file behind the example of `plugins`.
set -euo pipefail
harbor=$1 source=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home XDG_CACHE_HOME=$scratch/cache XDG_DATA_HOME=$scratch/data PATH=/usr/bin:/bin LC_ALL=C.UTF-8
unset HARBOR_PLUGIN_PATH
failed=0
for example in "$source"/docs/example/descriptor/*.yaml; do
  project=$scratch/$(basename "$example" .yaml)
  cp -r "$source/docs/example/project" "$project"
  cp "$example" "$project/etc/harbor.yaml"
  install -D -m 644 "$3" "$project/packs/greet.so"
  chmod -R go-w "$project"
  cd "$project"
  "$harbor" plugin trust packs/greet.so >/dev/null
  read -r _ command <"$example"
  [[ $command == "harbor "* ]] || { echo "$example: the first line names no command"; failed=1; continue; }
  # shellcheck disable=SC2086 # the command's words
  "$harbor" ${command#harbor } >output 2>&1 || { echo "$example: $command"; cat output; failed=1; }
done
exit "$failed"
