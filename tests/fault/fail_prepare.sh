#!/usr/bin/env bash
# Any call of a prepare that changes two folders and .env.run fails, as on a bad disk: harbor ends with a status of its
# list, and with the new set when that is 0, else with the old or the new one, never a mixture.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
fault_project
point="no call at all"

both_sets
count=$(calls run prepare)

tried=0
for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
  for error in 5 28; do # EIO, ENOSPC
    point="error $error at call $n of $count, $(call "$n")"
    rm -rf var && cp -a "$project/old" var
    status=0
    struck "$n" $error run prepare || status=$?
    # Left empty, the folder for what is staged is no harm.
    rmdir var/run/.change 2>/dev/null
    case $status in
    0)
      # Old files that could not be removed are told of, and go with the next run.
      if grep -q 'warning.*cannot remove old files' out; then rm -rf var/run/.change; fi
      same "var/run after $point, with $(cat out)" "$(picture)" "$new"
      ;;
    1 | 64 | 65 | 66 | 69 | 74 | 75 | 77 | 78 | 124 | 130)
      # What fails once the files are in place, the end of the journal for example, is told and leaves them.
      now=$(picture)
      [ "$now" = "$old" ] || [ "$now" = "$new" ] || fail "after $point, which ended with $status, var/run is mixed: $now"
      ;;
    *) fail "$point ended with $status: $(cat out)" ;;
    esac
    ends 0 run prepare
    same "var/run after $point and prepare" "$(picture)" "$new"
    no_secret old
  done
  tried=$((tried + 1))
done
echo "$tried of $count calls tried"
