#!/usr/bin/env bash
# kill -9 at any call of destroy: the next destroy completes it, and so does a prepare that wants everything anew.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
fault_project
point="no call at all"

ends 0 run prepare
all=$(picture)
cp -a var "$project/old"
count=$(calls destroy)
[ ! -e var/run ] || fail "destroy left $(find var/run)"
[ "$count" -gt 10 ] || fail "only $count calls can be struck"

tried=0
for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
  point="kill -9 at call $n of $count, $(call "$n")"
  rm -rf var && cp -a "$project/old" var
  status=0
  struck "$n" kill destroy || status=$?
  same "the end of $point" $status 137
  keep

  ends 0 destroy
  [ ! -e var/run ] || fail "after $point destroy left $(find var/run)"
  no_secret old
  nothing_strange

  back
  ends 0 run prepare
  same "var/run after $point and prepare" "$(picture)" "$all"
  nothing_strange
  tried=$((tried + 1))
done
echo "$tried of $count calls tried"
