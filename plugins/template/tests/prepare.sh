#!/usr/bin/env bash
# prepare.sh HARBOR PACKS: `harbor run prepare` with templates, in a project of its own, without Docker.
set -eu
harbor=$(readlink -f "$1")
packs=$(cd "$2" && pwd)
for pack in compose env template; do
  [ -e "$packs/$pack.so" ] || { echo "SKIPPED: no pack $pack"; exit 0; }
done
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
mkdir -p "$temp"/{home,project/etc,project/stacks/web/templates/conf.d}
cd "$temp/project"

fail() { echo "failed: $*"; exit 1; }
run() { env -i PATH=/usr/bin:/bin HOME="$temp/home" HARBOR_PLUGIN_PATH="$packs" "$harbor" "$@" 2>"$temp/err" || { cat "$temp/err" >&2; return 1; }; }
has() { case $1 in *"$2"*) ;; *) fail "'$2' is not in: $1" ;; esac; }
lacks() { case $1 in *"$2"*) fail "'$2' is in: $1" ;; esac; }
state() { find var/run -type f -not -path '*/.template/*' -printf '%P %i %T@ %m\n' | sort; }

cat >etc/harbor.yaml <<'YAML'
version: 1
profiles: { default: { services: [web] } }
source:
  rules: {}
prepare:
  env:
    sources: [{ type: sys, file: etc/sys.env }, { type: secrets, file: override.secrets.env }]
  interpolation:
    values: { extra: { PORT: 8080, HOSTS: [a, b] } }
  templates:
    - { from: "stacks/${service}/templates/**", to: "var/run/${service}/config/" }
YAML
echo 'services: {}' >compose.yml
echo 'services: { web: { image: x } }' >compose.web.yml
echo 'NAME=harbor' >etc/sys.env
(umask 077; echo 'TOKEN=correct-horse-battery' >override.secrets.env)
printf 'name: {{NAME}}\nport: {{PORT}}\nhosts: {{join HOSTS}}\n' >stacks/web/templates/app.yml.hbs
printf 'token={{TOKEN}}\n' >stacks/web/templates/conf.d/token.conf

run run prepare >/dev/null
[ "$(cat var/run/web/config/app.yml)" = "$(printf 'name: harbor\nport: 8080\nhosts: a,b')" ] || fail "app.yml"
[ "$(cat var/run/web/config/conf.d/token.conf)" = token=correct-horse-battery ] || fail "token.conf"
[ "$(stat -c %a var/run/web/config/app.yml var/run/web/config | xargs)" = "600 700" ] || fail "modes"

# The second time nothing is done.
before=$(state)
run run prepare >/dev/null
has "$(cat "$temp/err")" "3 unchanged"
[ "$(state)" = "$before" ] || fail "the second run touched files"

# A plan shows differences, masked, and touches nothing.
printf 'name: {{NAME}}\nport: {{PORT}}\nhosts: none\n' >stacks/web/templates/app.yml.hbs
echo 'TOKEN=another-long-secret' >override.secrets.env
plan=$(run plan prepare)
has "$plan" '-hosts: a,b'
has "$plan" '+hosts: none'
has "$plan" '+token=******'
lacks "$plan" horse
lacks "$plan" another-long
[ "$(state)" = "$before" ] || fail "the plan touched files"

# What failed leaves everything as it was.
printf '{{MISSING}}' >stacks/web/templates/conf.d/token.conf
if run run prepare >"$temp/out"; then fail "a missing variable is no failure"; fi
has "$(cat "$temp/err")" template.missing_variable
[ "$(state)" = "$before" ] || fail "the failed run touched files"

# A vanished template's file disappears, an unchanged file stays the same one.
rm stacks/web/templates/conf.d/token.conf
printf 'name: {{NAME}}\nport: {{PORT}}\nhosts: {{join HOSTS}}\n' >stacks/web/templates/app.yml.hbs
run run prepare >/dev/null
[ "$(state)" = "$(echo "$before" | grep app.yml)" ] || fail "app.yml is not the same file any more"
! grep -rq 'horse\|another-long' var || fail "a secret is left in var"
echo ok
