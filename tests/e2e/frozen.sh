#!/usr/bin/env bash
# An engine that accepts connections and never answers, seen by the real `docker`: every command ends in time and says so.
. "$(dirname "$0")/lib.sh"
need_engine
new_project
"$HARBOR" deploy --quiet || fail "deploy ended with $?"

port=$(free_port)
# In a group of its own and without the outputs of this test: what it leaves would keep them open.
setsid busybox nc -ll -p "$port" -e sleep 1000 </dev/null >/dev/null 2>&1 &
listener=$!
trap 'kill -- "-$listener"; clean_up' EXIT
wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null

for command in status ps destroy deploy logs; do
  start=$SECONDS
  env DOCKER_HOST="tcp://127.0.0.1:$port" "$HARBOR" $command >out.txt 2>&1
  same "the exit status of $command" $? 69
  contains "$command" "$(cat out.txt)" "compose.daemon_timeout"
  [ $((SECONDS - start)) -le 25 ] || fail "$command took $((SECONDS - start)) s"
done
env DOCKER_HOST="tcp://127.0.0.1:$port" "$HARBOR" status 2>/dev/null >out.txt
contains "status" "$(cat out.txt)" "deployed by: "
"$HARBOR" destroy --quiet || fail "destroy ended with $?"
nothing_left
