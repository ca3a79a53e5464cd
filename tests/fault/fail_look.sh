#!/usr/bin/env bash
# Any call that opens, reads or looks at a file fails, as on a bad disk: what cannot be read does not count as absent, so
# that what ended with 0 did all that it says, and nothing is mixed or left behind.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
eio=5

# strike ARGUMENT...: at each call of that command. before() makes what it finds, is_done() and is_whole() say whether it
# did what it is for, and whether it did at least not a part of it.
strike() {
  local n count status
  point="no call at all"
  before
  ends 0 "$@" # what is found of the packs is kept, once and for all
  before
  export HARBOR_FAULT_CALLS=look,read,pread,stat,lstat,fstat,fstatat,readdir
  count=$(calls "$@")
  [ "$count" -gt 50 ] || fail "only $count calls of $* can be struck"
  for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
    point="error $eio at call $n of $count of $*, $(call "$n")"
    before
    status=0
    timeout 60 env HARBOR_FAULT_AT="$n" HARBOR_FAULT_MODE=$eio LD_PRELOAD="$FAULT_SHIM" "$HARBOR" "$@" >out 2>&1 || status=$?
    case $status in
    0) is_done || fail "$point ended with 0 and did not do it: $(cat out)" ;;
    1 | 65 | 66 | 69 | 74 | 75 | 77 | 78) grep -q 'error\[' out || fail "$point ended with $status and no code: $(cat out)" ;;
    *) fail "$point ended with $status: $(cat out)" ;;
    esac
    is_whole || fail "$point left a part of it: $(picture)"
    if grep -q 'made a mistake' out; then fail "$point: $(cat out)"; fi
    ends 0 "$@"
    is_done || fail "after $point $* did not do it: $(cat out)"
    tried=$((tried + 1))
  done
}

tried=0
fault_project
point="no call at all"
both_sets
before() { rm -rf var && cp -a "$project/old" var; }
settled() {
  rmdir var/run/.change 2>/dev/null # left empty, the folder for what is staged is no harm
  now=$(picture)
}
is_done() { settled && [ "$now" = "$new" ]; }
is_whole() { settled && { [ "$now" = "$new" ] || [ "$now" = "$old" ]; }; }
strike run prepare
is_done() { [ ! -e var/run ]; }
is_whole() { true; }
strike destroy
rm -rf "$project"

deploy_project
before() { rm -rf var "${fake:?}"/*; }
is_done() { [ -e "$fake/runs" ]; }
strike deploy
before() {
  rm -rf var "${fake:?}"/*
  ends 0 deploy
}
is_done() { [ ! -e "$fake/runs" ] && [ ! -e var/run ]; }
strike destroy
echo "$tried failing calls tried"
