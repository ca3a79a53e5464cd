#!/usr/bin/env bash
# The system gives no process or thread (EAGAIN), once or from some moment on: harbor ends with a status of its list and
# a message, what ended with 0 did what it says, and the next run finds everything as it was.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
export HARBOR_FAULT_CALLS=fork,posix_spawn,pthread_create
eagain=11

# strike DONE ARGUMENT...: at each call of that command. DONE says whether it did what it is for, before() makes what it
# finds.
strike() {
  local n count status until is_done=$1
  shift
  point="no call at all"
  before
  count=$(calls "$@")
  [ "$count" -gt 0 ] || fail "no call of $* can be struck"
  for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
    for until in "$n" 1000000; do
      point="EAGAIN at the calls $n to $until of $count of $*, $(call "$n")"
      before
      status=0
      timeout 60 env HARBOR_FAULT_AT="$n" HARBOR_FAULT_UNTIL="$until" HARBOR_FAULT_MODE=$eagain LD_PRELOAD="$FAULT_SHIM" \
        "$HARBOR" "$@" >out 2>&1 || status=$?
      case $status in
      0) $is_done || fail "$point ended with 0 and did nothing: $(cat out)" ;;
      1 | 69 | 74 | 78) grep -q 'error\[' out || fail "$point ended with $status and no code: $(cat out)" ;;
      *) fail "$point ended with $status: $(cat out)" ;;
      esac
      if grep -q 'made a mistake' out; then fail "$point: $(cat out)"; fi
      ends 0 "$@"
      $is_done || fail "after $point $* did nothing: $(cat out)"
      tried=$((tried + 1))
    done
  done
}

tried=0
fault_project
is_prepared() { grep -qx old var/run/a/plain; }
before() { rm -rf var "$project/cache"; } # each pack describes itself in a process of its own
strike is_prepared run prepare --jobs 8
before() { rm -rf var; }
strike is_prepared run prepare --jobs 8
rm -rf "$project"

deploy_project
is_deployed() { [ -e "$fake/runs" ]; }
before() { rm -rf var "${fake:?}"/*; }
strike is_deployed deploy
is_destroyed() { [ ! -e "$fake/runs" ] && [ ! -e var/run ]; }
before() {
  rm -rf var "${fake:?}"/*
  ends 0 deploy
}
strike is_destroyed destroy
echo "$tried failing calls tried"
