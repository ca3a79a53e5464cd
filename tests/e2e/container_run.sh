#!/usr/bin/env bash
# container.run against a real engine: shut off, its output, its failures, and nothing left when it is stopped.
. "$(dirname "$0")/lib.sh"
need_engine
new_project
image=harbor-e2e-busybox:$name
busybox=$(command -v busybox) || skip "there is no busybox"
mkdir image && cp "$busybox" image/busybox
printf 'FROM scratch\nCOPY busybox /bin/busybox\nENTRYPOINT ["/bin/busybox"]\n' >image/Dockerfile
docker build --quiet --tag "$image" image >/dev/null || fail "the image"
rest_of_clean_up() {
  docker ps --all --quiet --filter "label=io.harbor.workspace=$project" | xargs -r docker rm --force >/dev/null 2>&1
  docker image rm --force "$image" >/dev/null 2>&1
}
trap 'status=$?; rest_of_clean_up; (exit $status); clean_up' EXIT
left() { docker ps --all --quiet --filter "label=io.harbor.workspace=$project"; }

# descriptor STEP: one step in the stage deploy.
descriptor() { printf 'version: 1\nname: %s\ndeploy:\n  steps:\n    - { id: run, action: container.run, image: "%s", %s }\n' "$name" "$image" "$1" >etc/harbor.yaml; }

mkdir given && echo hello >given/file
descriptor 'command: [sh, -c, "id -u; cat /given/file; touch /given/x; touch /x; grep CapEff /proc/self/status; wc -l </proc/net/dev; echo $MODE; cat"], mounts: [{source: given, target: /given}], env: {MODE: fast}, stdin: words, check: false'
sed -i 's|\$MODE|$$MODE|' etc/harbor.yaml
"$HARBOR" run deploy --json >out.json || fail "the run ended with $?: $(cat out.json)"
said=$(cat out.json "$project"/var/runs/*.jsonl)
for part in hello "Read-only file system" "CapEff:" 0000000000000000 fast words; do
  contains "the container" "$said" "$part"
done
[ ! -e given/x ] || fail "the mount could be written"
same "the containers after it" "$(left)" ""

ends_with() { # ends_with STATUS CODE
  "$HARBOR" run deploy >out.txt 2>&1
  same "the exit status" $? "$1"
  contains "the failure" "$(cat out.txt)" "$2"
  same "the containers after it" "$(left)" ""
}
descriptor 'command: [sh, -c, "exit 3"]' && ends_with 1 container.failed
descriptor 'command: [nosuch]' && ends_with 1 container.command_missing
descriptor 'command: [sh, -c, "kill -9 $$$$"]' && ends_with 1 container.killed
descriptor 'command: ["true"], mounts: [{source: nowhere, target: /x}]' && ends_with 1 container.refused
descriptor 'command: [sh, -c, "trap : TERM; while :; do sleep 1; done"], timeout: 2s' && ends_with 124 "did not end before the deadline"

# Interrupted, by a command that is deaf to the signal that docker hands on.
descriptor 'command: [sh, -c, "trap : TERM INT; while :; do sleep 1; done"]'
"$HARBOR" run deploy >out.txt 2>&1 &
harbor=$!
wait_for 20 sh -c "[ -n \"\$(docker ps --quiet --filter 'label=io.harbor.workspace=$project')\" ]"
kill -INT $harbor
wait $harbor
same "the exit status of an interrupted run" $? 130
same "the containers after it" "$(left)" ""

# Killed: the next run sweeps.
"$HARBOR" run deploy >out.txt 2>&1 &
harbor=$!
wait_for 20 sh -c "[ -n \"\$(docker ps --quiet --filter 'label=io.harbor.workspace=$project')\" ]"
kill -KILL $harbor
wait $harbor
[ -n "$(left)" ] || fail "the container ended with Harbor: there is nothing to sweep"
descriptor 'command: ["true"]'
"$HARBOR" run deploy --quiet || fail "the run after it ended with $?"
same "the containers after it" "$(left)" ""
