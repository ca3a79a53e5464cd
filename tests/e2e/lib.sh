# shellcheck shell=bash
# What the end-to-end tests share. A test is a bash script that sources this file; HARBOR names the program. Each gets a
# fresh project from `harbor init` in a folder of its own, with a free port, and leaves nothing behind.
set -u

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

skip() {
  echo "SKIPPED: $*"
  exit 0
}

# Compares and says what differs: same WHAT ACTUAL EXPECTED.
same() { [ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"; }

contains() { # contains WHAT TEXT PART
  case "$2" in
  *"$3"*) ;;
  *) fail "$1 does not say '$3': $2" ;;
  esac
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails the test when it does not.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "waited in vain for: $*"
    sleep 0.05
  done
}

need_engine() {
  timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1 || skip "no Docker engine answers"
  docker compose version >/dev/null 2>&1 || skip "there is no docker compose"
}

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
      echo "$port"
      return
    }
  done
  fail "no free port"
}

# Makes $project a new one and goes there.
new_project() {
  project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-e2e-XXXXXX")
  name=$(basename "$project" | tr '[:upper:]' '[:lower:]')
  HELLO_PORT=$(free_port)
  export HELLO_PORT
  cd "$project" || exit 1
  umask 022
  "$HARBOR" init >/dev/null || fail "harbor init"
  chmod 755 "$project"
  trap clean_up EXIT
}

clean_up() {
  local status=$?
  jobs -p | xargs -r kill -9 2>/dev/null
  timeout 60 docker compose --project-name "$name" down --remove-orphans --volumes --timeout 1 >/dev/null 2>&1
  docker image ls --quiet --filter "label=com.docker.compose.project=$name" | xargs -r docker image rm --force >/dev/null 2>&1
  docker volume rm "harbor-claim-$name" >/dev/null 2>&1
  cd / && rm -rf "$project"
  exit $status
}

containers() { docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=$name" | sort; }
networks() { docker network ls --quiet --filter "label=com.docker.compose.project=$name"; }

# Nothing of the project is left: no container, no network, no process.
nothing_left() {
  same "the containers that are left" "$(containers)" ""
  same "the networks that are left" "$(networks)" ""
  same "the processes that are left" "$(pgrep --full -- "--project-name $name" || true)" ""
}

journal() { cat "$project"/var/runs/*.jsonl 2>/dev/null; }
journal_says() { journal | grep -q -- "$1"; }

# Services that stay unhealthy: a deploy waits for them until it is stopped.
never_healthy() {
  sed -i -e 's|test: .*|test: [CMD, /bin/busybox, "false"]|' -e 's|retries: .*|retries: 600|' "$project/stacks/hello/compose.hello.yml"
}
