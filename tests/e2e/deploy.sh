#!/usr/bin/env bash
# Deploy, a second deploy that changes nothing, destroy that leaves nothing.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

"$HARBOR" deploy --json >first.json || fail "the first deploy ended with $?: $(cat first.json)"
contains "the first deploy" "$(cat first.json)" '"outcome": "success"'
contains "the page" "$(curl --silent --show-error --max-time 10 "http://127.0.0.1:$HELLO_PORT/")" "hello-backend answers"
before=$(containers)
[ "$(echo "$before" | wc -l)" = 2 ] || fail "expected two containers: $before"

"$HARBOR" deploy --json >second.json || fail "the second deploy ended with $?"
same "the outcomes of the second deploy" "$(grep -o '"outcome": "[a-z]*"' second.json | sort -u)" '"outcome": "noop"'
same "the containers after the second deploy" "$(containers)" "$before"

contains "status" "$("$HARBOR" status)" "2 of 2 running"
plan=$("$HARBOR" plan --detailed-exitcode) || fail "a plan with nothing to change ended with $?: $plan"
contains "plan" "$plan" "Nothing would change"

"$HARBOR" destroy --quiet || fail "destroy ended with $?"
nothing_left
same "the outcome of a second destroy" "$("$HARBOR" destroy --json | grep -o '"outcome": "[a-z]*"' | sort -u)" '"outcome": "noop"'
