#!/usr/bin/env bash
# kill -9 at any call of a prepare that changes two folders and .env.run: what is there afterwards is the old set or the
# new one, as soon as any run has taken the lock, and neither prepare nor destroy leaves a temporary file or an old secret.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
fault_project
point="no call at all"

both_sets
count=$(calls run prepare)
same "the new set" "$(picture)" "$new"
[ "$count" -gt 30 ] || fail "only $count calls can be struck"

tried=0 went_on=0
for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
  point="kill -9 at call $n of $count, $(call "$n")"
  rm -rf var && cp -a "$project/old" var
  inputs new
  status=0
  struck "$n" kill run prepare || status=$?
  same "the end of $point" $status 137
  keep

  inputs broken
  ends 65 run prepare
  now=$(picture)
  [ "$now" = "$old" ] || [ "$now" = "$new" ] || fail "after $point and a run that failed var/run is mixed: $now"
  [ "$now" = "$old" ] || went_on=$((went_on + 1))

  back
  inputs new
  ends 0 run prepare
  same "var/run after $point and prepare" "$(picture)" "$new"
  no_secret old
  nothing_strange

  back
  ends 0 destroy
  [ ! -e var/run ] || fail "after $point destroy left $(find var/run)"
  no_secret old
  no_secret new
  nothing_strange
  tried=$((tried + 1))
done
echo "$tried of $count calls tried; the new set was there after $went_on of them"
