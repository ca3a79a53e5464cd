#!/usr/bin/env bash
# Two deploys at the same time: one runs, the other is told who holds the lock, or waits when asked to.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

"$HARBOR" deploy --quiet &
first=$!
wait_for 30 journal_says step_intent
"$HARBOR" deploy 2>err.txt
same "the exit status of the second" $? 75
contains "the message of the second" "$(cat err.txt)" "process $first"
contains "the message of the second" "$(cat err.txt)" "--lock-timeout"
"$HARBOR" deploy --lock-timeout 2m --quiet || fail "the one that waits ended with $?"
wait $first || fail "the first one ended with $?"
contains "reading while nothing holds the lock" "$("$HARBOR" status)" "2 of 2 running"
"$HARBOR" destroy --quiet
nothing_left
