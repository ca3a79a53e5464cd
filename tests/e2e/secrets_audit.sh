#!/usr/bin/env bash
# `harbor secrets audit`: prepare with made-up secrets shows where the real ones would go. No key, no engine.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/secrets.sh
. "$(dirname "$0")/secrets.sh"

project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-audit-XXXXXX")
trap 'rm -rf "$project" "$folder"' EXIT
folder=$(mktemp -d "${TMPDIR:-/tmp}/harbor-audit-XXXXXX")
cd "$project" || exit 1
mkdir -p etc templates
cat >etc/harbor.yaml <<'END'
version: 1
prepare:
  env:
    sources:
      - { type: secrets }
      - { type: sops, file: team.sops.yaml, optional: true }
    fromHost: [{ name: HOST_TOKEN, secret: true }]
    file: true
  templates:
    - { from: "templates/*", to: var/run/conf }
END
printf 'TOKEN=the-real-value\nPIN=1234\n' >override.secrets.env
echo 'token: {{TOKEN}}' >templates/app.yml

audit() { # audit STATUS [ARGUMENT...]
  local expected=$1 status=0
  shift
  "$HARBOR" secrets audit "$@" >"$folder/out" 2>"$folder/err" || status=$?
  same "the exit status of the audit, with $(cat "$folder/out" "$folder/err")," "$status" "$expected"
  if grep -q the-real-value "$folder/out" "$folder/err"; then fail "the audit shows a secret"; fi
  [ ! -e var ] || fail "the audit wrote into the project"
  [ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'harbor-trial-*' -newer templates/app.yml)" ] || fail "the audit left its copy"
}

# With sops at hand a file of a team that this machine has no key for.
sops=no
if command -v age-keygen >/dev/null && { command -v sops >/dev/null || PATH=$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/harbor-dev/bin command -v sops; } >/dev/null; then
  need_sops
  sops=yes
  new_key team
  printf 'TEAM_TOKEN: the-real-value\n' >team.sops.yaml
  sops encrypt --in-place --age "$(public_key team)" team.sops.yaml || fail "sops encrypt"
  export HOME=$folder
  "$HARBOR" run prepare --quiet 2>/dev/null && fail "there is a key after all"
  rm -rf var
fi

# Everything where it is meant to be.
audit 0
contains "the report" "$(cat "$folder/out")" "made up for a run of prepare"
contains "the report" "$(cat "$folder/out")" "var/run/conf/app.yml: TOKEN (meant to be there)"
names="HOST_TOKEN PIN"
[ $sops = no ] || names="$names TEAM_TOKEN"
contains "the report" "$(cat "$folder/out")" "var/run/.env.run: $names TOKEN (meant to be there)"
audit 0 --json
contains "the report" "$(tr -d ' \n' <"$folder/out")" '"var/run/conf/app.yml":["TOKEN"]'

# A configuration that everybody was to read stays its owner's alone with a secret in it.
sed -i 's|to: var/run/conf }|to: var/run/conf, mode: 0644 }|' etc/harbor.yaml
audit 0
contains "the report" "$(cat "$folder/out")" "var/run/conf/app.yml: TOKEN (meant to be there)"
sed -i 's|, mode: 0644||' etc/harbor.yaml

# Planted: a step that turns what it is given round, and writes, says and passes on that.
printf '  steps: [{ action: leak.note, secret: "${TOKEN}" }]\nplugins: [{ path: leak.so }]\n' >>etc/harbor.yaml
install -m 644 "$LEAK_PACK" leak.so
"$HARBOR" plugin trust leak.so >/dev/null || fail "harbor plugin trust"
audit 77
for place in notes.txt "the events of prepare" "the output of prepare" "a command line"; do
  contains "the finding" "$(tr -s '\n ' ' ' <"$folder/err")" "the secret TOKEN ends up backwards in $place"
done
sed -i '/leak/d' etc/harbor.yaml
rm leak.so harbor.lock

# A prepare that cannot run says why.
echo '{{MISSING}}' >templates/app.yml
audit 1
contains "the message" "$(tr -s '\n ' ' ' <"$folder/err")" "error[secrets.trial_failed]"
contains "the message" "$(tr -s '\n ' ' ' <"$folder/err")" "error[template.missing_variable]"
