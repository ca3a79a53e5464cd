#!/usr/bin/env bash
# destroy --from-labels takes down what is deployed although no state says so, and only what this folder deployed.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="the loss of var"
ends 0 deploy
rm -rf var
ends 0 destroy --from-labels
[ ! -e "$fake/runs" ] || fail "something runs after destroy --from-labels"
[ ! -e "$fake/claim" ] || fail "destroy --from-labels left the claim"
ends 0 destroy --from-labels

point="a state that was damaged"
ends 0 deploy
echo garbage >var/state/state.json
ends 74 destroy
ends 0 repair
contains "repair" "$(cat out)" "state.json.damaged"
ends 0 destroy --from-labels
[ ! -e "$fake/runs" ] || fail "something runs after repair and destroy --from-labels"

point="another folder's deployment"
rm -rf var
echo /elsewhere >"$fake/runs"
echo /elsewhere >"$fake/claim"
"$HARBOR" destroy --from-labels >out 2>&1
[ -e "$fake/runs" ] || fail "another folder's deployment was taken down"
