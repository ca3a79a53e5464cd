#!/usr/bin/env bash
# What `harbor destroy` needs to know is known, whatever a secret is called and whatever became of the journals.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-state-XXXXXX")
trap 'rm -rf "$project"' EXIT
cd "$project" || exit 1
umask 022
mkdir -p etc templates
cat >etc/harbor.yaml <<END
version: 1
prepare:
  env: { sources: [{ type: secrets }], file: true }
  templates: [{ from: "templates/*", to: var/run/app }]
END
echo 'key {{TOKEN}}' >templates/app.conf

prepare() { "$HARBOR" run prepare >out 2>&1 || fail "prepare ended with $?: $(cat out)"; }
destroy() { "$HARBOR" destroy >out 2>&1 || fail "destroy ended with $?: $(cat out)"; }
left() { find var/run -type f 2>/dev/null; }

for token in state .template template.render step_undone 'env.merge' app var/run manifest; do
  echo "TOKEN='$token'" >override.secrets.env
  prepare
  same "the rendered file" "$(cat var/run/app/app.conf)" "key $token"
  destroy
  same "what destroy left with the secret '$token'" "$(left)" ""
done

echo "TOKEN=hunter2-hunter2" >override.secrets.env
prepare
rm -r var/runs
destroy
same "what destroy left without journals" "$(left)" ""

prepare
for i in $(seq 205); do : >"var/runs/29991231-235959-$i.jsonl"; done
prepare
same "the journals that are kept" "$(find var/runs -type f | wc -l)" 201
destroy
same "what destroy left after many runs" "$(left)" ""

# Nobody can read what is deployed: nothing is done, and nothing is said to be done.
prepare
cp var/state/state.json whole
for damage in 's/manifest/manifesT/' '$d' 's/"serial":/"serial":1/'; do
  sed "$damage" whole >var/state/state.json
  if "$HARBOR" destroy >out 2>&1; then fail "destroy with a damaged state ended with 0"; fi
  contains "destroy with a damaged state" "$(cat out)" "H0708"
  [ -e var/run/app/app.conf ] || fail "destroy with a damaged state removed something"
done
cp whole var/state/state.json
destroy
same "what destroy left with a state that was put back" "$(left)" ""
if grep -rq hunter2 var; then fail "a secret is left beneath var: $(grep -rl hunter2 var)"; fi
