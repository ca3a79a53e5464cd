#!/usr/bin/env bash
# A host port that somebody else has: `plan` and `deploy` say so alike, before anything is started; who only looks at an
# engine elsewhere, whose ports nobody here knows, is not told of it.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
command -v busybox >/dev/null || skip "there is no busybox"
deploy_project
unset DOCKER_HOST DOCKER_CONTEXT
export DOCKER_CONFIG=$project/no-config
port=$(free_port)
printf '    ports: ["127.0.0.1:%s:80", "127.0.0.1:%s:81/udp"]\n' "$port" "$port" >>compose.yml
busybox nc -ll -p "$port" -e cat &
holder=$!
trap 'kill $holder 2>/dev/null; rm -rf "$project"' EXIT
wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null

point="a taken port"
for command in plan deploy; do
  ends 1 $command
  contains "what $command says of a taken port" "$(cat out)" "error[compose.port_taken]: port $port is taken: "
  contains "what $command says of who has it" "$(tr -s ' \n' ' ' <out)" "(process $holder) listens on it"
  [ ! -e "$fake/runs" ] || fail "$command started something"
done
ends 1 plan --json
contains "plan --json" "$(cat out)" '"compose.port_taken"'
point="an engine elsewhere"
DOCKER_HOST=tcp://192.0.2.1:2375 ends 0 plan

point="a port that is free again"
kill $holder
wait $holder 2>/dev/null
ends 0 plan
contains "plan" "$(cat out)" web
ends 0 deploy

# The port of what runs already is its own.
ends 0 plan
