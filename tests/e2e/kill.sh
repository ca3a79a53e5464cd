#!/usr/bin/env bash
# kill -9 of harbor in the middle of a deploy: deploy again, and destroy, both work.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

kill_in_the_middle() {
  rm -rf var
  "$HARBOR" deploy --quiet &
  local harbor=$!
  wait_for 60 journal_says step_intent
  sleep "$1" # somewhere in the middle: at once, or when containers are being made
  kill -9 $harbor 2>/dev/null
  wait $harbor 2>/dev/null
}

kill_in_the_middle 0
contains "history" "$("$HARBOR" history)" "interrupted"
"$HARBOR" deploy --quiet || fail "the deploy after kill -9 ended with $?"
contains "the page" "$(curl --silent --max-time 10 "http://127.0.0.1:$HELLO_PORT/")" "hello-backend answers"
"$HARBOR" destroy --quiet || fail "destroy ended with $?"
nothing_left

kill_in_the_middle 1.5
"$HARBOR" destroy --quiet || fail "destroy after kill -9 ended with $?"
nothing_left
