#!/usr/bin/env bash
# SIGINT once ends a deploy gracefully, twice at once; both are recorded and both can be destroyed.
. "$(dirname "$0")/lib.sh"
need_engine
new_project
never_healthy

# interrupt TIMES: starts a deploy that waits, interrupts it, and sets $status and $seconds.
interrupt() {
  rm -rf var
  # A background job of a script ignores SIGINT, and so would its children.
  bash -c 'trap - INT; exec "$@"' _ setsid --wait env --default-signal=INT "$HARBOR" deploy --quiet 2>err.txt &
  local waiter=$!
  wait_for 90 unhealthy_container
  local harbor start
  for harbor in $(pgrep --full -- "^$HARBOR deploy --quiet"); do # that of this test
    [ "$(readlink "/proc/$harbor/cwd")" != "$project" ] || break
  done
  start=$(date +%s%N)
  for _ in $(seq "$1"); do
    kill -INT "$harbor" 2>/dev/null || break # it may have ended already
    sleep 0.05
  done
  wait $waiter
  status=$?
  seconds=$((($(date +%s%N) - start) / 1000000000))
}
unhealthy_container() { docker ps --filter "label=com.docker.compose.project=$name" --format '{{.Names}}' | grep -q -- "-hello-backend-1"; }

interrupt 1
same "the exit status after one SIGINT" $status 130
[ "$seconds" -le 12 ] || fail "a graceful end took $seconds s"
contains "the journal" "$(journal)" '"outcome":"cancelled"'
contains "the message" "$(cat err.txt)" "cancelled"
"$HARBOR" destroy --quiet || fail "destroy after SIGINT ended with $?"
nothing_left

interrupt 2
same "the exit status after two SIGINTs" $status 130
[ "$seconds" -le 5 ] || fail "an end at once took $seconds s"
"$HARBOR" destroy --quiet || fail "destroy after two SIGINTs ended with $?"
nothing_left
