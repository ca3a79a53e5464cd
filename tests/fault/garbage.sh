#!/usr/bin/env bash
# Whatever `docker` prints, harbor ends with a status of its list and a coded diagnostic, and never with a success that
# is none.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
point="no garbage at all"
ends 0 deploy
ends 0 destroy
[ ! -e "$fake/claim" ] || fail "destroy left the claim"

garbage() { # garbage NUMBER: one kind of it
  case $1 in
  0) ;; # nothing
  1) echo null ;;
  2) echo '<html><body>502 Bad Gateway</body></html>' ;;
  3) echo --help ;;
  4) printf 'a\0b\n' ;;
  5) echo '{"id":7,"state":null,"labels":[]}' ;;
  6) head -c 300000 /dev/urandom ;;
  7) head -c 2000000 /dev/zero | tr '\0' x ;;
  8) printf '[[[[[[[[%.0s' {1..5000} ;;
  esac
}

tried=0
for key in version release claim ps inspect networks volumes config; do
  for ((kind = ${GARBAGE_FROM:-0}; kind < 9; kind += ${GARBAGE_EVERY:-1})); do
    for command in deploy plan status ps down logs destroy; do
      rm -rf var "${fake:?}"/*
      case $command in deploy | plan) ;; *) ends 0 deploy ;; esac
      garbage $kind >"$fake/answer.$key"
      point="garbage $kind for $key"
      status=0
      "$HARBOR" $command >out 2>&1 || status=$?
      case $status in
      0) ;;
      1 | 64 | 65 | 66 | 69 | 74 | 75 | 77 | 78 | 124 | 130)
        grep -aq 'error\[' out || fail "after $point $command ended with $status and no code: $(head -c 2000 out)"
        ;;
      *) fail "after $point $command ended with $status: $(head -c 2000 out)" ;;
      esac
      if grep -aqi 'exception\|made a mistake' out; then fail "after $point $command says: $(head -c 2000 out)"; fi
      # What ended with 0 did what it says.
      if [ $status = 0 ] && [ $command = deploy ] && [ ! -e "$fake/runs" ]; then fail "after $point nothing runs"; fi
      # That nothing is listed is an answer, where it is a list.
      if [ $status = 0 ] && [ $command = destroy ] && [ $kind != 0 ] && [ -e "$fake/runs" ]; then
        fail "after $point something runs"
      fi
      tried=$((tried + 1))
    done
  done
done

rm -rf var "${fake:?}"/*
: >"$fake/answer.up"
point="an up that lies"
ends 1 deploy
contains "the message" "$(cat out)" "compose.not_started"
echo "$tried answers tried"
