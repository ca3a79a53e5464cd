#!/usr/bin/env bash
# Runs every command of docs/secrets.md, in order, as the persons that the fences name: "```sh WHO [EXIT STATUS]". A fence
# "```yaml FILE" is the content of that file.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/secrets.sh
. "$(dirname "$0")/secrets.sh"
need_sops

guide=$(readlink -f "$(dirname "$0")/../../docs/secrets.md")
work=$(mktemp -d "${TMPDIR:-/tmp}/harbor-guide-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{project/etc,ada,grace,bin}
printf '#!/bin/sh\nexec %s "$@"\n' "$HARBOR" >"$work/bin/harbor"
# What a person would type into the editor. The values are new each time and stand nowhere else: the audit, which looks
# at all of /tmp, would find them.
cat >"$work/bin/editor" <<'SH'
#!/bin/sh
random() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }
if grep -q '^TOKEN=first' "$1"; then which=second; else which=first; fi
printf 'TOKEN=%s-%s\nPEM=%s\\n%s\n' "$which" "$(random)" "$(random)" "$(random)" >"$1"
SH
chmod 755 "$work"/bin/*

blocks=0
token() { (cd "$work/project" && HOME=$work/ada sops decrypt --extract '["TOKEN"]' prod.sops.env); }
run_block() { # run_block INFO TEXT
  local words who expected status=0
  read -ra words <<<"$1"
  case ${words[0]} in
  yaml) printf '%s' "$2" >"$work/project/${words[1]}" ;;
  sh)
    who=${words[1]} expected=${words[2]:-0}
    (cd "$work/project" && env -i HOME="$work/$who" PATH="$work/bin:$PATH" EDITOR="$work/bin/editor" LC_ALL=C.UTF-8 \
      bash -euo pipefail -c "$2") >"$work/out" 2>&1 </dev/null || status=$?
    [ "$status" = "$expected" ] || fail "the block '$1' ended with $status, not $expected: $2 $(cat "$work/out")"
    if [ -e "$work/project/prod.sops.env" ] && grep -qF -- "$(token)" "$work/out"; then fail "a secret was printed by: $2"; fi
    ;;
  esac
  blocks=$((blocks + 1))
}

info='' text=''
while IFS= read -r line; do
  case $line in
  '```')
    if [ -n "$info" ]; then run_block "$info" "$text"; fi
    info=''
    ;;
  '```'*) info=${line#'```'} text='' ;;
  *) text+=$line$'\n' ;;
  esac
done <"$guide"
[ "$blocks" -ge 14 ] || fail "only $blocks blocks were found in the guide"
contains "the value at the end" "$(token)" "second-"
