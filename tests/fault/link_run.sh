#!/usr/bin/env bash
# var/run becomes a symbolic link at any call of a prepare, of a deploy and of a destroy: that is refused with 77 and a
# message, unless the change is complete by then, and nothing is written or removed through the link.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"

# strike ARGUMENT...: at each call of that command. before() makes var what it finds.
strike() {
  local n count status
  point="no link at all"
  before
  ends 0 "$@" # what is found of the packs is kept, once and for all
  before
  count=$(calls "$@")
  for ((n = ${FAULT_FROM:-1}; n <= count; n += ${FAULT_EVERY:-1})); do
    point="a link at call $n of $count of $*, $(call "$n")"
    before
    rm -rf "$project/outside" && mkdir "$project/outside" && echo precious >"$project/outside/kept"
    status=0
    HARBOR_FAULT_FOLDER=$PWD/var/run HARBOR_FAULT_TARGET=$project/outside struck "$n" link "$@" || status=$?
    same "what stands beyond the link after $point" "$(cd "$project/outside" && find . -type f -exec head {} +)" precious
    case $status in
    77)
      contains "the message after $point" "$(cat out)" "error[H0604]"
      refused=$((refused + 1))
      ;;
    0) [ "$(tail -n +"$n" "$project/log" | grep -cE ' (unlinkat record|rmdir .*/var/run)$')" = 0 ] || fail "$point ended with 0" ;;
    *) fail "$point ended with $status: $(cat out)" ;;
    esac
    # The next run says it whatever became of the one that was struck.
    if [ -L var/run ]; then ends 77 "$@"; fi
    tried=$((tried + 1))
  done
}

tried=0 refused=0
fault_project
before() { rm -rf var && mkdir -m 700 var; }
strike run prepare
rm -rf var
both_sets
before() { rm -rf var && cp -a "$project/old" var; }
strike run prepare
strike destroy
rm -rf "$project"
deploy_project
before() { rm -rf var "${fake:?}"/* && mkdir -m 700 var; }
strike deploy
[ "$refused" -gt 5 ] || fail "only $refused of $tried runs were refused"
echo "$refused of $tried runs were refused"
