#!/usr/bin/env bash
# `harbor check` tells everything that is wrong in one list, runs nothing and needs neither an engine nor a key.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-check-XXXXXX")
trap 'rm -rf "$project"' EXIT
cd "$project" || exit 1
export DOCKER_HOST=unix:///nonexistent/engine XDG_CACHE_HOME=$project/cache
umask 022
"$HARBOR" init >/dev/null || fail "harbor init"

"$HARBOR" check >out 2>&1 || fail "check of the first project: $(cat out)"
contains "check" "$(cat out)" "no errors"

cat >etc/harbor.yaml <<'END'
version: 1
profiles:
  default: { services: [web] }
  other: { services: [wbe], options: [no_such_option] }
  late: { services: [late] }
source:
  rules: { base: [compose.yml], folders: [".", "stacks/*"] }
  steps: [{ action: compose.merge }]
prepare:
  env:
    sources:
      - { type: sys, file: etc/sys.env }
      - { type: dotenv, file: no/such.env }
      - { type: sops, file: plain.sops.env }
  templates:
    - { from: "stacks/${service}/templates/**", to: "var/run/${service}/config/", optional: true }
deploy:
  steps: [{ action: compose.up }]
END
mkdir -p stacks/web/templates stacks/late
cat >stacks/web/compose.web.yml <<'END'
services:
  web: { image: web, ports: ["80:80"], depends_on: [gone] }
  twin: { image: twin, ports: ["80:81"] }
END
printf 'services:\n  late: { image: [\n' >stacks/late/compose.late.yml
echo 'NAME=web' >etc/sys.env
echo 'TOKEN=abc' >plain.sops.env
echo '{{NOPE}}' >stacks/web/templates/a.yml
echo '{{#if}}' >stacks/web/templates/b.yml

status=0
"$HARBOR" check >out 2>&1 || status=$?
same "the status of a check that finds something" $status 65
contains "check" "$(cat out)" "compose.unknown_service"
contains "check" "$(cat out)" "did you mean 'web'"
contains "check" "$(cat out)" "while checking the profile 'other'"
contains "check" "$(cat out)" "env.missing_file"
contains "check" "$(cat out)" "error[secrets.plaintext]: plain.sops.env is not encrypted"
contains "check" "$(cat out)" "compose.yaml_syntax"
# What a template is worth without the environment: whether it is one.
contains "check" "$(cat out)" "stacks/web/templates/b.yml"
case $(cat out) in *NOPE*) fail "a variable counts as unset although nobody knows: $(cat out)" ;; esac

# Each env file with a mistake is named, beside those that are not there.
sed -i '/type: sys/a\      - { type: site, file: "etc/*.env" }' etc/harbor.yaml
echo "A B=1" >etc/site.env
echo "C='x" >etc/also.env
status=0
"$HARBOR" check >out 2>&1 || status=$?
same "the status of a check of broken env files" $status 65
for said in etc/site.env:1 etc/also.env:1 env.missing_file stacks/web/templates/b.yml; do contains "check" "$(cat out)" "$said"; done
sed -i '/type: site/d' etc/harbor.yaml

# What is wrong with env files hides what needs the environment, and no longer.
sed -i -e '/no\/such.env/d' -e 's/plain.sops.env/sealed.sops.env/' etc/harbor.yaml
cat >sealed.sops.env <<'END'
TOKEN=ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]
sops_mac=ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]
sops_version=3.9.4
END
echo '{{TOKEN}}' >stacks/web/templates/c.yml
status=0
"$HARBOR" check >out 2>&1 || status=$?
same "the status of a check that finds something" $status 65
contains "check" "$(cat out)" "'NOPE' is not set"
contains "check" "$(cat out)" "stacks/web/templates/b.yml"
case $(cat out) in *TOKEN*) fail "a variable of an encrypted file counts as unset: $(cat out)" ;; esac

# Without those, the conflicts of the compose files show.
rm stacks/web/templates/[ab].yml stacks/late/compose.late.yml
sed -i -e '/other:/d' -e '/late:/d' etc/harbor.yaml
status=0
"$HARBOR" check >out 2>&1 || status=$?
same "the status of a check with conflicts" $status 65
contains "check" "$(cat out)" "port 80"
contains "check" "$(cat out)" "gone"
[ ! -e var ] || fail "a check wrote $(find var)"
