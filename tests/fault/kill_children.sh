#!/usr/bin/env bash
# kill -9 of harbor: what it has started ends within seconds, also what a child of a child is; what somebody else runs in
# the project goes on, and so does a program that another run of harbor has started.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="kill -9 while services are started"
ends 0 deploy

# Somebody looks at a log meanwhile, and has a shell with the project in its environment.
touch "$fake/frozen.logs"
"$HARBOR" logs --follow >/dev/null 2>&1 &
onlooker=$!
HARBOR_WORKSPACE=$PWD HARBOR_RUN_ID=another sleep 1000 &
bystander=$!
trap 'kill $onlooker $bystander 2>/dev/null; rm -rf "$project"' EXIT
wait_for 20 grep -q '^logs' "$fake/log"

children() { pgrep --full -- "$project/bin/docker .* up " || true; }
no_children() { [ -z "$(children)" ]; }
touch "$fake/slow.up"
for round in 1 2; do
  : >"$fake/log"
  "$HARBOR" deploy >out 2>&1 &
  harbor=$!
  wait_for 20 grep -q '^up' "$fake/log"
  [ "$round" = 1 ] || kill -9 "$(pgrep --parent $harbor --full __guard)" # the guard, too: the next run ends what is left
  kill -9 $harbor
  wait $harbor 2>/dev/null
  [ "$round" = 2 ] || wait_for 8 no_children
done
[ -n "$(children)" ] || fail "nothing was left for the next run to end"
rm -rf "$fake/slow.up" var/runs # history may be gone
ends 0 deploy
same "what the next run left" "$(children)" ""
kill -0 $onlooker || fail "somebody's logs --follow was ended"
kill -0 $bystander || fail "a process of another run was ended"
same "the guards that are left" "$(pgrep --full -- "__guard $PWD" | wc -l)" 1
