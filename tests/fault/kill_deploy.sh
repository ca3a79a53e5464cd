#!/usr/bin/env bash
# kill -9 at any call of a first deploy, with a fake docker: the next deploy completes it, and destroy takes it down.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="no call at all"
ends 0 deploy # what is found of the packs is kept, once and for all
ends 0 destroy
rm -rf var "${fake:?}"/*
count=$(calls deploy)
[ -e "$fake/runs" ] || fail "deploy started nothing"
[ "$count" -gt 20 ] || fail "only $count calls can be struck"

tried=0
for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
  point="kill -9 at call $n of $count, $(call "$n")"
  for next in deploy destroy; do
    rm -rf var "${fake:?}"/*
    status=0
    struck "$n" kill deploy || status=$?
    same "the end of $point" $status 137
    ends 0 $next
    case $next in
    deploy) [ -e "$fake/runs" ] || fail "nothing runs after $point and deploy" ;;
    destroy)
      [ ! -e "$fake/runs" ] || fail "something runs after $point and destroy"
      [ ! -e "$fake/claim" ] || fail "the claim is left after $point and destroy"
      [ ! -e var/run ] || fail "var/run is left after $point and destroy"
      ;;
    esac
  done
  tried=$((tried + 1))
done
echo "$tried of $count calls tried"
