#!/usr/bin/env bash
# The classic commands: up, ps, logs, exec, build, down.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

"$HARBOR" up hello --quiet || fail "up ended with $?"
contains "ps" "$("$HARBOR" ps)" "hello-backend"
contains "ps --json" "$("$HARBOR" ps --json)" '"healthy"'
curl --silent --max-time 10 "http://127.0.0.1:$HELLO_PORT/" >/dev/null
"$HARBOR" logs --tail 5 >/dev/null || fail "logs ended with $?"
same "the output of exec" "$("$HARBOR" exec hello /bin/busybox echo one -v two </dev/null)" "one -v two"
"$HARBOR" exec hello /bin/busybox sh -c 'exit 9' </dev/null
same "the exit status of exec" $? 9
same "what exec reads" "$(echo typed | "$HARBOR" exec hello /bin/busybox cat)" "typed"
"$HARBOR" build --quiet || fail "build ended with $?"
"$HARBOR" logs nosuch 2>err.txt && fail "logs of an unknown service succeeded"
"$HARBOR" down --quiet || fail "down ended with $?"
nothing_left
