#!/usr/bin/env bash
# What `plan` says is what `deploy` then does: generated changes of a project with twelve services, four to a round. After
# each deploy the containers (id, time of start, state) of every service are held against what the plan had said of it.
# SEED and ROUNDS choose others.
. "$(dirname "$0")/lib.sh"
need_engine
new_project
RANDOM=${SEED:-9}
rounds=${ROUNDS:-50}
changes_a_round=4

rm -rf stacks/hello
mkdir -p stacks/many/{build-i,build-j,templates/{a,b,c,d}} bin
cp "${HELLO_BUSYBOX_DIR:-/bin}/busybox" bin/ || skip "there is no busybox"
cat >bin/Dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
END
image=harbor-e2e-$name
docker build --quiet --tag "$image" --label "com.docker.compose.project=$name" bin >/dev/null || fail "the image"
for service in i j; do
  printf 'FROM %s\nCOPY file /file\n' "$image" >stacks/many/build-$service/Dockerfile
  echo 0 >stacks/many/build-$service/file
  echo ignored >stacks/many/build-$service/.dockerignore
done
sed -i 's/services: \[hello\]/services: [many]/; s/HELLO_PORT, HELLO_BUSYBOX_DIR//' etc/harbor.yaml

services=(a b c d e f g h i j k l)
declare -A value command label file content absent built port
for service in "${services[@]}"; do
  value[$service]=0 command[$service]=1000 label[$service]=0 file[$service]=0 content[$service]=0 built[$service]=0
done
replicas=1 comment=0
port[k]=$(free_port)

# What each service has besides what all have.
special() {
  case $1 in
  a) echo "    x-harbor-on-change: SIGHUP" ;;
  b) echo "    x-harbor-on-change: restart" ;;
  c) echo "    x-harbor-on-change: none" ;;
  e) echo "    network_mode: service:d" ;;
  f) echo "    depends_on: { d: { condition: service_started, restart: true } }" ;;
  g) echo "    env_file: [./stacks/many/g.env]" ;;
  h) echo "    deploy: { replicas: $replicas }" ;;
  i | j) echo "    build: { context: ./stacks/many/build-$1, args: { N: '${built[$1]}' } }" ;;
  k) echo "    ports: ['127.0.0.1:${port[k]}:80']" ;;
  esac
  case $1 in [abcd]) echo "    volumes: ['./var/run/many/config/$1:/etc/conf:ro']" ;; esac
}

write_project() {
  local service
  echo "VALUE_NONE=" >etc/sys.env
  {
    echo "# $comment"
    echo "services:"
    for service in "${services[@]}"; do
      echo "VALUE_$service=${value[$service]}" >>etc/sys.env
      [ -z "${absent[$service]-}" ] || continue
      echo "  $service:"
      case $service in i | j) ;; *) echo "    image: $image" ;; esac
      echo "    command: [/bin/busybox, sh, -c, \"trap 'echo told' HUP; while :; do /bin/busybox sleep ${command[$service]} & wait; done\"]"
      echo "    stop_signal: SIGKILL"
      echo "    environment: { VALUE: \"\${VALUE_$service}\" }"
      echo "    labels: { test.label: '${label[$service]}' }"
      special "$service"
    done
  } >stacks/many/compose.many.yml
  for service in a b c d; do echo "${content[$service]}" >"stacks/many/templates/$service/app.conf"; done
  echo "IN_FILE=${file[g]}" >stacks/many/g.env
}

some() { echo "${@:RANDOM % $# + 1:1}"; }
container_of() { docker ps --all --quiet --filter "label=com.docker.compose.project=$name" --filter "label=com.docker.compose.service=$1" | head -n 1; }

# One change of the project, or of what runs; `did` says which.
change() {
  local service container kind=$((RANDOM % 15))
  service=$(some "${services[@]}")
  did+=" $kind:$service"
  case $kind in
  0 | 1) value[$service]=$RANDOM ;;
  2) command[$service]=$((1000 + RANDOM)) ;;
  3 | 4) content[$(some a b c d)]=$RANDOM ;;
  5) file[g]=$RANDOM ;;
  6) echo "$RANDOM" >"stacks/many/build-$(some i j)/$(some file file ignored)" ;;
  7) replicas=$((RANDOM % 3 + 1)) ;;
  8) # Nothing lives in these, and nothing depends on them.
    service=$(some f g h k l)
    if [ -n "${absent[$service]-}" ]; then unset "absent[$service]"; else absent[$service]=1; fi
    ;;
  9) label[$service]=$RANDOM ;;
  10) port[k]=$(free_port) ;;
  11 | 12 | 13)
    container=$(container_of "$service")
    [ -n "$container" ] || return 0
    case $kind in
    11) docker pause "$container" >/dev/null 2>&1 ;;
    12) docker kill "$container" >/dev/null 2>&1 ;;
    13) docker rm --force "$container" >/dev/null 2>&1 ;;
    esac
    ;;
  14) comment=$RANDOM built[$(some i j)]=$RANDOM ;;
  esac
}

# A line for each container: service, id, time of start, state, how often it was told of new content.
snapshot() {
  local ids
  ids=$(containers)
  # shellcheck disable=SC2086 # one word each
  [ -z "$ids" ] || docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{.State.StartedAt}} {{.State.Status}}' $ids |
    while read -r service id started state; do
      echo "$service $id $started $state $(told "$id")"
    done | sort
}

# What happened to a service between two snapshots, in the words of said().
happened() { # happened SERVICE BEFORE AFTER
  local before after
  before=$(grep "^$1 " <<<"$2") after=$(grep "^$1 " <<<"$3")
  [ "$before" != "$after" ] || return 0
  [ -n "$before" ] || { echo create; return; }
  [ -n "$after" ] || { echo delete; return; }
  local old new kept
  old=$(cut -d' ' -f2 <<<"$before" | sort) new=$(cut -d' ' -f2 <<<"$after" | sort)
  kept=$(comm -12 <(echo "$old") <(echo "$new"))
  if [ -z "$kept" ]; then echo recreate
  elif [ "$old" != "$new" ]; then echo scale
  elif [ "$(cut -d' ' -f3 <<<"$before")" != "$(cut -d' ' -f3 <<<"$after")" ]; then echo start
  elif [ "$(cut -d' ' -f4 <<<"$before")" != "$(cut -d' ' -f4 <<<"$after")" ]; then echo unpause
  else echo signal; fi
}

# What the plan says of a service.
said() { # said SERVICE PLAN
  local line
  line=$(grep -E "^ +[-+~] service $1  " <<<"$2")
  case $line in
  "") ;;
  *"+ service"*) echo create ;;
  *"- service"*) echo delete ;;
  *": new container" | *"new container, as asked") echo recreate ;;
  *"instead of"*) echo scale ;;
  *": start" | *": restart") echo start ;;
  *": goes on"*) echo unpause ;;
  *": SIGHUP") echo signal ;;
  *) echo "unknown: $line" ;;
  esac
}

told() { docker logs "$1" 2>&1 | grep -c told; }
told_more() { [ "$(told "$1")" -gt "$2" ]; }

write_project
"$HARBOR" deploy --quiet || fail "the first deploy ended with $?"
verdicts=0 changed=0
declare -A deeds
for ((round = 1; round <= rounds; ++round)); do
  did=
  for ((n = 0; n < changes_a_round; ++n)); do change; done
  write_project
  flags=()
  ((RANDOM % 3)) || flags+=(--remove-orphans)
  ((RANDOM % 20)) || flags+=(--recreate)
  before=$(snapshot)
  plan=$("$HARBOR" plan "${flags[@]}" 2>&1) || fail "round $round: the plan ended with $?: $plan"
  "$HARBOR" deploy --quiet "${flags[@]}" >deploy.out 2>&1 || fail "round $round ($did): the deploy ended with $?: $(cat deploy.out)"
  # The engine has sent a signal before the shell in the container has read it.
  if [ "$(said a "$plan")" = signal ]; then
    wait_for 10 told_more "$(container_of a)" "$(grep '^a ' <<<"$before" | cut -d' ' -f5)"
  fi
  after=$(snapshot)
  for service in "${services[@]}"; do
    deed=$(happened "$service" "$before" "$after")
    same "round $round ($did ${flags[*]}): what was planned for $service" "$(said "$service" "$plan")" "$deed"
    verdicts=$((verdicts + 1))
    [ -z "$deed" ] || changed=$((changed + 1)) deeds[$deed]=$((${deeds[$deed]-0} + 1))
  done
done
echo "$((rounds * changes_a_round)) changes in $rounds rounds, $verdicts verdicts, $changed services changed:" \
  "$(for deed in "${!deeds[@]}"; do echo "$deed ${deeds[$deed]}"; done | sort | xargs)"
"$HARBOR" plan | grep -q "Nothing would change" || fail "the last plan is not empty"
