#!/usr/bin/env bash
# repair says what is wrong in var/ and mends it; the second time there is nothing to repair.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
fault_project
point="nothing at all"
ends 0 repair
contains "repair" "$(cat out)" "Nothing is to be repaired"
[ ! -e var ] || fail "repair of nothing made $(find var)"
ends 0 run prepare
ends 0 repair
contains "repair" "$(cat out)" "Nothing is to be repaired"
whole=$(picture)

point="a kill in the middle of a change, and damaged files"
inputs new
count=$(HARBOR_FAULT_CALLS=renameat,renameat2 calls run prepare)
rm -rf var
inputs old
ends 0 run prepare
inputs new
status=0
HARBOR_FAULT_CALLS=renameat,renameat2 struck $((count - 1)) kill run prepare || status=$?
same "the end of the run that is struck" $status 137
mkdir -p var/state
echo '{"half":' >var/state/state.json
echo half >var/state/state.json.12345.tmp
journal=$(find var/runs -name '*.jsonl' | sort | head -1)
sed -i '1s/run/RUN/' "$journal"

ends 0 repair
contains "repair" "$(cat out)" "was killed while it had the lock"
contains "repair" "$(cat out)" "state.json.damaged"
contains "repair" "$(cat out)" "was never completed"
contains "repair" "$(cat out)" "journal is damaged"
[ -e var/state/state.json.damaged ] || fail "the damaged state is gone"
[ ! -e var/run/.change ] || fail "the change is still under way"
ends 0 repair
contains "the second repair" "$(cat out)" "Nothing is to be repaired"
inputs old
ends 0 run prepare
same "var/run after repair and prepare" "$(picture)" "$whole"
