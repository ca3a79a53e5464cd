#!/usr/bin/env bash
# An engine that never answers: every command ends in time, status says what it knows, and the lock is free again.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="no frozen engine"
ends 0 deploy

# within SECONDS STATUS ARGUMENT...
within() {
  local start=$SECONDS most=$1
  shift
  ends "$@"
  [ $((SECONDS - start)) -le "$most" ] || fail "harbor ${*:2} took $((SECONDS - start)) s with $point"
}

point="an engine that accepts and never answers"
touch "$fake/frozen.version" "$fake/frozen.ps" "$fake/frozen.inspect" "$fake/frozen.claim"
within 20 69 status
contains "status" "$(head -1 out)" "last run: deploy"
contains "status" "$(cat out)" "deployed by: "
contains "status" "$(cat out)" "compose.daemon_timeout"
within 20 69 status --json
within 20 69 destroy
within 20 69 deploy
within 20 69 ps
rm -f "$fake"/frozen.*
point="the engine that answers again"
ends 0 status

point="an engine that freezes while it starts services"
rm "$fake/runs"
touch "$fake/slow.up"
"$HARBOR" deploy >out 2>&1 &
harbor=$!
wait_for 20 grep -q '^up' "$fake/log"
touch "$fake/frozen.version"
start=$SECONDS
status=0
wait $harbor || status=$?
same "the exit status" $status 69
contains "the message" "$(cat out)" "compose.daemon_timeout"
[ $((SECONDS - start)) -le 60 ] || fail "deploy took $((SECONDS - start)) s more"
same "the processes that are left" "$(pgrep --full -- "$project/bin/docker" || true)" ""
rm -f "$fake/frozen.version" "$fake/slow.up"
ends 0 deploy
ends 0 destroy
