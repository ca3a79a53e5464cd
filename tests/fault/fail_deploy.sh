#!/usr/bin/env bash
# Any call of a deploy and of a destroy fails, as on a bad disk, with a fake docker: harbor ends with a status of its
# list, and what ended with 0 did what it says.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="no call at all"
ends 0 deploy # what is found of the packs is kept, once and for all
ends 0 destroy
rm -rf var "${fake:?}"/*

# strike COMMAND: at each of its calls.
strike() {
  local n error status count
  point="no call at all"
  count=$(calls "$1")
  for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
    for error in 5 28; do # EIO, ENOSPC
      point="error $error at call $n of $count of $1, $(call "$n")"
      rm -rf var "${fake:?}"/*
      [ "$1" = deploy ] || ends 0 deploy
      status=0
      timeout 60 env HARBOR_FAULT_AT="$n" HARBOR_FAULT_MODE=$error LD_PRELOAD="$FAULT_SHIM" "$HARBOR" "$1" >out 2>&1 || status=$?
      case $status in
      0)
        if [ "$1" = deploy ]; then [ -e "$fake/runs" ]; else [ ! -e "$fake/runs" ] && [ ! -e var/run ]; fi ||
          fail "$point ended with 0 and did nothing: $(cat out)"
        ;;
      1 | 64 | 65 | 66 | 69 | 74 | 75 | 77 | 78 | 130)
        grep -q 'error\[' out || fail "$point ended with $status and no code: $(cat out)"
        ;;
      *) fail "$point ended with $status: $(cat out)" ;;
      esac
      if grep -q 'made a mistake' out; then fail "$point: $(cat out)"; fi
      ends 0 "$1"
      tried=$((tried + 1))
    done
  done
}

tried=0
strike deploy
strike destroy
echo "$tried failing calls tried"
