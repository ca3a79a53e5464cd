#!/usr/bin/env bash
# Four steps at the same time, and a write of the journal that fails at any of its calls: an outcome, no abort, no hang
# with the lock held, no mixed var/run.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
fault_project
cat >etc/harbor.yaml <<'END'
version: 1
prepare:
  env: { sources: [{ type: sys }, { type: secrets }] }
  steps:
    - { id: one, action: template.render, needs: [], templates: [{ from: "a/**", to: var/run/one }] }
    - { id: two, action: template.render, needs: [], templates: [{ from: "a/**", to: var/run/two }] }
    - { id: three, action: template.render, needs: [], templates: [{ from: "b/*", to: var/run/three }] }
    - { id: four, action: template.render, needs: [], templates: [{ from: "b/*", to: var/run/four }] }
END
point="no call at all"
both_sets
export HARBOR_FAULT_CALLS=pwrite,fdatasync,ftruncate
count=$(calls run prepare --jobs 8)
[ "$count" -gt 8 ] || fail "only $count calls can be struck"

tried=0
for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
  for error in 5 28; do
    point="error $error at call $n of $count"
    rm -rf var && cp -a "$project/old" var
    status=0
    timeout 60 env HARBOR_FAULT_AT="$n" HARBOR_FAULT_MODE=$error LD_PRELOAD="$FAULT_SHIM" "$HARBOR" run prepare --jobs 8 \
      >out 2>&1 || status=$?
    rmdir var/run/.change 2>/dev/null
    case $status in
    0) same "var/run after $point" "$(picture)" "$new" ;;
    1 | 74)
      grep -q 'error\[' out || fail "$point ended with $status and no code: $(cat out)"
      now=$(picture)
      [ "$now" = "$old" ] || [ "$now" = "$new" ] || fail "after $point var/run is mixed: $now"
      ;;
    *) fail "$point ended with $status: $(cat out)" ;;
    esac
    ends 0 run prepare
    tried=$((tried + 1))
  done
done
echo "$tried failing calls tried"
