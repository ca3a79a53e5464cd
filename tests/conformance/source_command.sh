#!/usr/bin/env bash
# source_command.sh HARBOR FUNCTION [CONFORMANCE]: what a person sees of choosing and merging. Each test_* function is a
# CTest of its own, in a small project of its own. CONFORMANCE is the folder with the real tree.
set -u
harbor=$(readlink -f "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
shared=${3:-$root/../shared/conformance}
compat=$root/etc/compat/av-harbor.yaml

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
skip() {
  echo "SKIPPED: $*"
  exit 0
}
same() { [ "$2" = "$3" ] || fail "$1 is"$'\n'"$2"$'\n'"expected"$'\n'"$3"; }
contains() {
  case "$2" in
  *"$3"*) ;;
  *) fail "$1 does not say '$3':"$'\n'"$2" ;;
  esac
}
file() { # file PATH: takes the content from standard input
  mkdir -p "$(dirname "$1")"
  cat >"$1"
}
# Runs harbor; sets out, err and status.
run() {
  out=$("$harbor" "$@" 2>err.txt)
  status=$?
  err=$(cat err.txt)
}
# fails CODE STATUS PART WORD...: the command fails so, and says PART.
fails() {
  local code=$1 wanted=$2 part=$3
  shift 3
  run "$@" --color never
  same "status of $*" "$status" "$wanted"
  contains "$*" "$err" "error[$code]"
  contains "$*" "$(tr -s ' \n' ' ' <<<"$err")" "$part"
  contains "$*" "$err" "help:"
}
# says TEXT WORD...: the command succeeds and warns in just these words.
says() {
  local wanted=$1
  shift
  run "$@" --color never
  same "status of $*" "$status" 0
  same "warnings of $*" "$err" "$wanted"
}
conflict() { # conflict CODE STATUS PART: with what stands in services/compose.a.yml
  fails "$1" "$2" "$3" run source a
}

project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-source-XXXXXX")
trap 'rm -rf "$project"' EXIT
cd "$project" || exit 1
umask 022
export HARBOR_CAPABILITIES='' NO_COLOR=1 HOME=$project
file etc/harbor.yaml <<'YAML'
version: 1
name: shop
source: { rules: { folders: [".", services], autoCapabilities: false }, steps: [{ action: compose.merge }] }
prepare: { env: { sources: [{ type: dotenv, file: .env, optional: true }] } }
deploy: { steps: [{ action: compose.up }] }
YAML
file compose.yml <<'YAML'
networks: { net: {} }
YAML
file services/compose.web.yml <<'YAML'
services:
  web:
    image: web:${WEB_VERSION:-1}
    environment:
      - A=1
    ports: ["8080:80"]
YAML
file services/compose.db.yml <<'YAML'
services:
  db: { image: "db" }
YAML
file services/compose.web.nvidia.yml <<'YAML'
services: { web: { runtime: nvidia } }
YAML
file services/compose.x.web.db.yml <<'YAML'
services:
  web:
    environment:
      A: 2
    depends_on: [db]
YAML

test_result() {
  run run source web db --json
  same status "$status" 0
  same result "$(python3 -c 'import json,sys; print(json.dumps(json.load(sys.stdin), sort_keys=True))' <<<"$out")" \
    '{"capabilities": [], "files": ["compose.yml", "services/compose.db.yml", "services/compose.web.yml", "services/compose.x.web.db.yml"], "options": [], "services": ["db", "web"]}'
  [ ! -e var ] || fail "a command that only looks wrote into var/"
}

test_explain() {
  run run source web --explain -q
  same "explanation" "$(grep -E '^(in|out) ' <<<"$out")" \
    "in   compose.yml                      a base file
out  services/compose.db.yml          needs db (compose.\${service}.yml)
in   services/compose.web.yml         web is selected (compose.\${service}.yml)
out  services/compose.web.nvidia.yml  needs nvidia (compose.\${service}.yml)
out  services/compose.x.web.db.yml    needs db (compose.x.\${service}.\${option}.yml)"
}

test_capabilities() {
  run run source web --capabilities nvidia --json
  contains files "$out" "compose.web.nvidia.yml"
  out=$(HARBOR_CAPABILITIES=nvidia "$harbor" run source web --json 2>&1)
  contains "files with HARBOR_CAPABILITIES" "$out" "compose.web.nvidia.yml"
  sed -i 's/, autoCapabilities: false//' etc/harbor.yaml
  mkdir bin
  printf '#!/bin/sh\n' | tee bin/nvidia-smi >bin/nvidia-ctk
  chmod +x bin/*
  out=$(PATH=$PWD/bin:$PATH "$harbor" run source web --explain 2>&1)
  contains evidence "$out" "nvidia-smi at $PWD/bin/nvidia-smi"
  contains files "$out" "  services/compose.web.nvidia.yml"
  out=$(PATH=$PWD/bin:$PATH "$harbor" run source web --no-detect --json 2>&1)
  case "$out" in *compose.web.nvidia.yml*) fail "--no-detect looked for nvidia" ;; esac
}

test_why() {
  run why compose.services.web.environment.A web db
  same chain "$(tr -s ' ' <<<"$out")" "compose.services.web.environment.A
 - services/compose.web.yml:5:9 compose file 1
 = services/compose.x.web.db.yml:4:7 compose file 2"
  fails compose.no_such_key 65 "are named after the key" why compose.services.db.image web
  fails compose.no_such_key 65 "did you mean 'image'" why compose.services.web.imaeg web
}

test_dry_run() {
  run up --dry-run web
  same status "$status" 0
  same text "$out" 'networks:
  net: {}
services:
  web:
    image: web:${WEB_VERSION:-1}
    environment:
      - A=1
    ports:
      - "8080:80"'
  [ ! -e var ] || fail "a dry run wrote into var/"
  local printed=$out
  run up --dry-run web --json
  same "text as JSON" "$(python3 -c 'import json,sys; r = json.load(sys.stdin); assert list(r) == ["text"]; print(r["text"], end="")' <<<"$out")" "$printed"
  printf 'services:\n  db: {image: d, ports: ["8080:1"]}\n' >services/compose.db.yml
  run up --dry-run web db
  same status "$status" 0
  contains "a dry run" "$err" "warning[compose.port_taken]"
  sed -i 's/action: compose.up/action: compose.up, dryRun: true/' etc/harbor.yaml
  fails H0217 65 "dryRun only works on the command line" check
  contains hint "$err" "write a step of compose.show"
}

test_eject() {
  echo 'WEB_VERSION=7' >.env
  run eject web
  contains "the ejected file" "$out" 'image: web:${WEB_VERSION:-1}'
  run eject web --output out
  same status "$status" 0
  same .env "$(cat out/.env)" "WEB_VERSION=7"
  same mode "$(stat -c %a out/compose.yml)" 600
  fails compose.eject_exists 65 "already exists" eject web --output out
  fails compose.write_failed 74 "could not be written" eject web --output /proc/nowhere
}

test_conflicts() {
  # Found by looking alone: nothing is started, an engine need not be there.
  printf 'services:\n  db: {image: d, ports: ["8080:1"]}\n' >services/compose.db.yml
  fails compose.port_taken 65 "both publish port 8080/tcp" up web db
  contains "both places" "$err" "services/compose.web.yml:6:13"
  rm services/compose.db.yml
  printf 'services:\n  web: {depends_on: [cache]}\n' >services/compose.web.cache.yml
  fails compose.dependency_missing 65 "'web' depends on 'cache', which is not selected" up web --option cache
  printf 'services:\n  web: {image: "${MUST:?say which}"}\n' >services/compose.web.cache.yml
  fails compose.variable_required 65 "MUST has no value: say which" up web --option cache
  printf '{}\n' >services/compose.x.web.nothing.yml
  run run source web --explain
  contains "a cross file" "$err" "warning[compose.cross_file_token]"
}

test_warnings() {
  printf 'services:\n  web:\n    image: ${IMAGE}\n    volumes: [/home/me/data:/data]\n' >services/compose.web.yml
  says "warning[compose.variable_unset]: the variable IMAGE has no value
 --> services/compose.web.yml:3:12
  |
3 |     image: \${IMAGE}
  |            ^ IMAGE
  = help: set it, or write \${IMAGE:-default}" \
    up --dry-run web
  says "warning[compose.absolute_path]: '/home/me/data:/data' is a folder of this
                          machine
 --> services/compose.web.yml:4:15
  |
4 |     volumes: [/home/me/data:/data]
  |               ^ here
  = help: put a variable in its place" \
    eject web
  file services/compose.web.yml <<<'services: {web: {image: web, x-harbor-shared-volumes: ["${MODELS}:/models"]}}'
  says "warning[compose.shared_volume_skipped]: a shared volume of 'web' is left out:
                          MODELS has no value
 --> services/compose.web.yml:1:56
  |
1 | ...-harbor-shared-volumes: [\"\${MODELS}:/models\"]}}
  |                             ^ MODELS
  = help: set MODELS to mount it" \
    up --dry-run web
  printf 'services: {tool: {image: tool}}\n' >tool.yml
  file services/compose.web.yml <<<'include: [{path: tool.yml, env_file: tool.env}]'
  says "warning[compose.include_env_file]: the env_file of an include is not read: its
                          variables come from the project
 --> services/compose.web.yml:1:38
  |
1 | include: [{path: tool.yml, env_file: tool.env}]
  |                                      ^ here
  = help: move them to an env source of the project" \
    run source web -q
}

native() {
  file ollama/ollama_native.yml
  printf 'services:\n  ollama: {image: ollama, gpus: all}\n' >services/compose.ollama.yml
  printf 'services:\n  web: {environment: [OLLAMA=1]}\n' >services/compose.x.web.ollama.yml
}

test_native() {
  native <<'YAML'
services:
  ollama:
    image: socat
    command: tcp-listen:{{.native_port}}
    x-harbor-native:
      executable: ollama
      daemon_args: [serve, "{{.native_port}}"]
      port: ${OLLAMA_PORT:-11434}
      env_overrides: { OLLAMA_URL: "http://ollama:{{.native_port}}" }
YAML
  echo OLLAMA_PORT=4000 >.env
  run run source web -x ollama --json
  contains files "$out" '"services/compose.x.web.ollama.yml",'
  contains files "$out" '"ollama/ollama_native.yml"'
  case "$out" in *compose.ollama.yml*) fail "the container of a native service was chosen" ;; esac
  run up --dry-run -x ollama -- web
  contains "the port" "$out" "command: tcp-listen:4000"
  contains "the proxy" "$out" "host.docker.internal:host-gateway"
  run why OLLAMA_URL web -x ollama
  contains "the override" "$(tr -s ' ' <<<"$out")" "native http://ollama:4000"
  run up --dry-run -x ollama db -- web
  contains "a greedy -x" "$err" "compose.native_no_contract"
  echo 'native: [ollama]' >>etc/harbor.yaml
  run run source web --json
  contains "native: of the descriptor" "$out" '"ollama/ollama_native.yml"'
}

test_native_errors() {
  fails compose.unknown_service 65 "mentions the service 'olama'" run source web -x olama
  fails compose.native_unknown 65 "no service 'wbe'" run source web -x wbe --allow-unknown
  run run source web -x db
  same status "$status" 0
  contains "a missing contract" "$err" "warning[compose.native_no_contract]: 'db' is left out"
  fails compose.native_no_contract 65 "with nothing in its place" up web -x db
  native <<<'services: {ollama: {image: socat, x-harbor-native: {executable: 1, ports: 2}}}'
  fails compose.native_malformed 65 "did you mean 'port'" run source web -x ollama
  fails compose.native_unreferenced 65 "nothing that is selected uses it" run source db -x ollama
  native <<<'services: {ollama: {image: socat, x-harbor-native: {executable: "${NOWHERE}"}}}'
  fails compose.native_placeholder 65 "does not resolve" run source web -x ollama
  native <<<'services: {ollama: {image: socat}}'
  fails compose.native_no_contract 65 "add x-harbor-native" run source web -x ollama
  file services/compose.a.yml <<<'services: {a: {image: i, x-harbor-config-templates: [nothing]}}'
  conflict compose.template_malformed 65 "source and the file"
}

test_config_templates() {
  file web/app.json <<<'{"$schema": "^$", "url": "${URL}", "none": "${NONE}", "kept": "${URL:-x}"}'
  file services/compose.web.config.yml <<'YAML'
services: { web: { x-harbor-config-templates: [{ source: ./web/app.json, target: /etc/web/app.json }] } }
YAML
  echo 'URL=http://db' >.env
  # Nothing renders it yet: said before anything is started.
  fails compose.template_not_rendered 65 "templates: []" up web --option config
  sed -i 's/optional: true }] } }/optional: true }] }, templates: [] }/' etc/harbor.yaml
  run run prepare web --option config
  same status "$status" 0
  same rendered "$(cat var/run/web/config/etc/web/app.json)" \
    '{"": "^$", "url": "http://db", "none": "", "kept": "${URL:-x}"}'
  same mode "$(stat -c %a var/run/web/config/etc/web/app.json)" 644
  rm -r var
  run up --dry-run web --option config
  same status "$status" 0
  contains "the merged file" "$out" "source: ./var/run/web/config/etc/web/app.json
        target: /etc/web/app.json
        read_only: true"
  case "$out" in *command* | *x-harbor*) fail "the command was touched: $out" ;; esac
  [ ! -e var ] || fail "a dry run rendered"
  if docker compose version >/dev/null 2>&1; then
    docker compose -f - config -q <<<"$out" 2>config.txt || fail "Compose refuses it: $(cat config.txt)"
  fi
  run eject web --option config --output ejected
  same status "$status" 0
  contains "the ejected file" "$(cat ejected/compose.yml)" 'content: |
      {"${schema:-}": "^$$", "url": "${URL:-}", "none": "${NONE:-}", "kept": "$${URL:-x}"}'
  same .env "$(cat ejected/.env)" "URL=http://db"
  case "$(cat ejected/compose.yml)" in *var/run* | *volumes*) fail "a mount was left: $(cat ejected/compose.yml)" ;; esac
  if docker compose version >/dev/null 2>&1; then
    contains "what Compose fills in" "$(docker compose --project-directory ejected -f ejected/compose.yml config --format json)" \
      '{\"\": \"^$$\", \"url\": \"http://db\", \"none\": \"\", \"kept\": \"$${URL:-x}\"}'
  fi
  # A command renders, too, before it asks for an engine.
  DOCKER_HOST=unix://$PWD/none run up web --option config
  [ -e var/run/web/config/etc/web/app.json ] || fail "up rendered nothing: $err"
  rm web/app.json
  fails compose.file_missing 66 "the config template 'web/app.json' of 'web'" eject web --option config
  fails template.unreadable 74 "web/app.json cannot be read" up web --option config
}

test_selection_errors() {
  fails compose.unknown_service 65 "did you mean 'web'" run source wbe
  fails compose.unknown_option 65 "nvidai" run source web --option nvidai
  run run source web wbe --allow-unknown
  same status "$status" 0
  contains "--allow-unknown" "$err" "warning[compose.unknown_service]"
  sed -i 's/rules: {/rules: { base: [none.yml],/' etc/harbor.yaml
  fails compose.base_missing 66 "none.yml" run source web
  sed -i 's/base: .none.yml./base: [], include: ["web"]/' etc/harbor.yaml
  fails compose.bad_pattern 65 "web" run source web
  sed -i 's/include: ."web"./include: []/' etc/harbor.yaml
  fails compose.nothing_selected 65 "no compose file was chosen" run source
  sed -i '/^name:/d; s/, include: ..//; s/base: ..,//' etc/harbor.yaml
  mkdir ... && cp -r etc services compose.yml ...
  cd ... || exit 1
  fails compose.project_name 65 "'...' leaves nothing for the name of a Compose project" run source web
}

test_merge_errors() {
  local a=services/compose.a.yml
  file $a <<<$'services:\n  a: [1'
  conflict compose.yaml_syntax 65 "compose.a.yml:"
  file $a <<<$'services: {}\nservices: {}'
  conflict compose.duplicate_key 65 "compose.a.yml:2:1"
  file $a <<<$'services: {a: {1: 2}}'
  conflict compose.key_not_string 65 "put it into quotes"
  file $a <<<$'[services]'
  conflict compose.not_a_mapping 65 "this one is a list"
  file $a <<<$'services: {a: *b}'
  conflict compose.unknown_alias 65 "no anchor is called 'b'"
  file $a <<<$'services: &b {a: *b}'
  conflict compose.alias_cycle 65 "inside its own anchor"
  file $a <<<$'services: {a: {<<: 1}}'
  conflict compose.bad_merge_key 65 "takes a map"
  { printf 'services: {}\n#' && head -c 1100000 /dev/zero | tr '\0' x; } >$a
  conflict compose.too_large 65 "larger than 1 MiB"
  { printf 'x-a: ' && printf '[%.0s' {1..70} && printf ']%.0s' {1..70}; } >$a
  conflict compose.too_deep 65 "64 levels"
  awk 'BEGIN { print "x-0: &a0 [1]"
    for (i = 1; i < 8; ++i) { printf "x-%d: &a%d [", i, i; for (j = 0; j < 9; ++j) printf "*a%d,", i - 1; print "]" } }' >$a
  conflict compose.too_many_nodes 65 "100000 values"
  file $a <<<$'services: []'
  conflict compose.bad_services 65 "services is a map"
  file $a <<<$'services: {a: {extends: {file: x.yml}}}'
  conflict compose.bad_extends 65 "names no service"
  file $a <<<$'services: {a: {extends: b}}'
  conflict compose.extends_missing 65 "'a' extends 'b'"
  file $a <<<$'services: {a: {extends: b}, b: {extends: a}}'
  conflict compose.extends_cycle 65 "forms a cycle"
  file $a <<<$'include: 1'
  conflict compose.bad_include 65 "include is a list"
  file $a <<<$'include: [services/compose.a.yml]'
  conflict compose.include_cycle 65 "includes itself"
  file $a <<<$'include: ["https://example.com/x.git"]'
  conflict compose.remote_include 65 "not a file of this machine"
  file $a <<<$'include: [none.yml]'
  conflict compose.file_missing 66 "none.yml"
  file services/b.yml <<<$'services: {b: {image: i}}'
  file $a <<<$'include: [services/b.yml]\nservices: {b: {image: j}}'
  conflict compose.include_conflict 65 "and differs"
  file services/compose.b.yml <<<$'services:\n  web: {ports: {a: 1}}'
  fails compose.merge_conflict 65 "is a" run source web b
  contains "both places" "$err" "services/compose.b.yml:2:16"
  contains "both places" "$err" "services/compose.web.yml:6:12"
  rm services/*
  : >compose.yml
  fails compose.no_documents 65 "none of the compose files" run source
}

test_compat() {
  [ -d "$shared/harbor-tree" ] || skip "there is no $shared/harbor-tree"
  rm -rf "${project:?}"/* && cp -r "$shared/harbor-tree/." . && chmod -R u+w .
  touch .env
  run -f "$compat" run source webui ollama --json --no-detect
  same status "$status" 0
  same files "$(python3 -c 'import json,sys; print(*json.load(sys.stdin)["files"])' <<<"$out")" \
    "compose.yml services/compose.ollama.yml services/compose.webui.yml services/compose.x.ollama.webui.yml services/compose.x.webui.ollama.yml"
  run -f "$compat" run source '*' -q --no-detect
  same status "$status" 0
  [ "$(grep -c '^  services/' <<<"$out")" -gt 500 ] || fail "* chose few files: $out"
  mkdir -p services/webui && touch services/webui/override.env
  run -f "$compat" up --dry-run -x ollama webui
  same status "$status" 0
  contains "nothing in its place" "$err" "warning[compose.native_no_contract]: 'ollama' is left out"
  accepted "without ollama"
  mkdir ollama
  file ollama/ollama_native.yml <<'YAML'
services:
  ollama: { image: alpine/socat, x-harbor-native: { executable: ollama, port: 11434 } }
YAML
  run -f "$compat" up --dry-run -x ollama webui
  same status "$status" 0
  contains "the merged file" "$out" "image: alpine/socat"
  same "what it left" "$(find . -newer ollama -name var)" ""
  accepted "with a stand-in for ollama"
}

# accepted WHAT: Compose accepts what was printed.
accepted() {
  docker compose version >/dev/null 2>&1 || skip "there is no docker compose"
  docker compose -f - config -q <<<"$out" 2>config.txt || fail "Compose refuses $1: $(cat config.txt)"
}

"$2"
