# shellcheck shell=bash
# What the tests of crash points share: a project with two rendered folders and .env.run, in an old and a new state, and
# a harbor that is struck at its n-th call. HARBOR names the program, FAULT_SHIM what is preloaded into it; FAULT_EVERY
# is the distance between the calls that are tried, FAULT_FROM the first of them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"
# The shim comes before the sanitizer's runtime.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0

fault_project() {
  project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-fault-XXXXXX")
  trap 'rm -rf "$project"' EXIT
  mkdir "$project/p" && cd "$project/p" || exit 1
  umask 022
  export XDG_CACHE_HOME=$project/cache
  mkdir -p etc a/sub b
  cat >etc/harbor.yaml <<'END'
version: 1
prepare:
  env:
    sources: [{ type: sys }, { type: secrets }]
    file: true
  templates:
    - { from: "a/**", to: var/run/a, mode: 0644 }
    - { from: "b/*", to: var/run/b/config }
END
  inputs old
}

# inputs old|new|broken: what templates, variables and secrets say. Files come, go and change their mode and their kind.
inputs() {
  rm -rf a b && mkdir -p a/sub b
  echo "NAME=$1" >etc/sys.env
  echo "TOKEN=secret-of-$1" >override.secrets.env
  echo '{{NAME}}' | tee a/plain >a/sub/deep
  echo '{{TOKEN}}' | tee b/token >b/other
  case $1 in
  old) mkdir b.d && rmdir b.d && echo '{{TOKEN}}' >b/gone && echo '{{NAME}}' >a/turns ;;
  new) mkdir a/turns && echo '{{NAME}}' | tee a/turns/inner >b/fresh ;;
  broken) echo '{{NO_SUCH_VARIABLE}}' >b/token ;;
  esac
}

# Names, modes and contents of all that is in var/run.
picture() {
  [ ! -e var/run ] || (cd var/run && find . -printf '%p %y %m\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

# struck NUMBER MODE ARGUMENT...: harbor, struck at that call. Its exit status, 137 when it was killed.
struck() {
  local status=0
  HARBOR_FAULT_AT=$1 HARBOR_FAULT_MODE=$2 LD_PRELOAD=$FAULT_SHIM "$HARBOR" "${@:3}" >out 2>&1 || status=$?
  return $status
}

# calls ARGUMENT...: how many calls harbor makes that can be struck.
calls() {
  rm -f "$project/log"
  HARBOR_FAULT_LOG=$project/log LD_PRELOAD=$FAULT_SHIM "$HARBOR" "$@" >out 2>&1 || fail "harbor $* ended with $?: $(cat out)"
  wc -l <"$project/log"
}

# What happened at a call: its line in the log of calls().
call() { sed -n "$1p" "$project/log"; }

keep() { rm -rf "$project/kept" && cp -a var "$project/kept"; } # var as it is now
back() { rm -rf var && cp -a "$project/kept" var; }             # as keep() found it

# A run that ends as it should: ends STATUS ARGUMENT...
ends() {
  local status=0
  "$HARBOR" "${@:2}" >out 2>&1 || status=$?
  same "the exit status of harbor ${*:2} after $point, with $(cat out)," $status "$1"
}

# Nothing of a secret of the state $1 stands anywhere beneath var.
no_secret() { if grep -rlq "secret-of-$1" var; then fail "after $point: $(grep -rl "secret-of-$1" var) holds a secret of the $1 state"; fi; }

# A project with one service, and the fake `docker` of this folder on PATH; its state is $fake.
deploy_project() {
  local here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-fault-XXXXXX")
  trap 'rm -rf "$project"' EXIT
  mkdir -p "$project/p/etc" "$project/bin/state" && cd "$project/p" || exit 1
  umask 022
  export XDG_CACHE_HOME=$project/cache PATH=$project/bin:$PATH
  cp "$here/docker" "$project/bin/docker"
  # shellcheck disable=SC2034 # for the tests
  fake=$project/bin/state
  cat >etc/harbor.yaml <<'END'
version: 1
source:
  rules: { base: [compose.yml] }
  steps: [{ action: compose.merge }]
deploy: { steps: [{ action: compose.up }] }
destroy: { steps: [{ action: compose.down }] }
END
  printf 'services:\n  web:\n    image: web\n' >compose.yml
}

# Sets new and old to pictures of what the two inputs make, keeps the old one's var in $project/old, and leaves that in
# place with the new inputs: the next prepare changes everything.
# shellcheck disable=SC2034 # for those who source this
both_sets() {
  inputs new
  ends 0 run prepare
  new=$(picture)
  rm -rf var
  inputs old
  ends 0 run prepare
  old=$(picture)
  cp -a var "$project/old"
  inputs new
}

# Beside var/run there is what belongs there: no temporary file.
nothing_strange() {
  local strange
  strange=$(cd var && find . -path ./run -prune -o -type f -print | grep -vxE '\./(lock|state/(state\.json|key)|runs/[^/.]+\.jsonl)') || return 0
  fail "after $point there is $strange"
}
