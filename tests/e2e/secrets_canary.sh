#!/usr/bin/env bash
# Twelve secrets of hostile shapes go through prepare and, where an engine answers, a real deploy. Then everything that was
# written, printed or could be seen is searched for all of their encodings: they are where docs/secrets.md says, and nowhere
# else. Templates and deployments fail on the way, with secrets on the lines at fault. Ten leaks that are planted on purpose show that the search works.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/secrets.sh
. "$(dirname "$0")/secrets.sh"
need_sops

engine=yes
{ timeout 20 docker version && docker compose version; } >/dev/null 2>&1 || engine=no
folder=$(mktemp -d "${TMPDIR:-/tmp}/harbor-canary-XXXXXX")
needles=$folder/needles seen=$folder/seen
mkdir -m 700 "$needles" "$seen"
new_project
sampler=
end() {
  status=$?
  [ -z "$sampler" ] || kill "$sampler" 2>/dev/null
  rm -rf "$folder"
  (exit $status)
  clean_up
}
trap end EXIT
start=$folder/start
touch "$start"

# ---- Twelve secrets
random() { head -c 4096 /dev/urandom | base64 -w 0 | tr -d '+/=' | head -c "$1"; }
random_base64() { head -c "$1" /dev/urandom | base64 -w 0; }
put() { printf '%s' "$2" >"$needles/$1"; }
value() { cat "$needles/$1"; }
put MULTI_LINE "-----BEGIN THING-----
$(random 40)
$(random 40)
-----END THING-----"
put QUOTES "$(random 8)'\"\`$(random 8)''\"\"$(random 8)"
put DOLLARS "$(random 10)"'$HOME${PATH}$$$(id)%s'"$(random 10)"
put BASE64_LIKE "$(random_base64 41)"
put FOUR "~^;$(random 1)"
put LARGE "$(random_base64 6144)"
put BACKSLASHES "$(random 10)\\n\\t\\\\$(random 10)\\"
put SPACES "  $(random 12)  # $(random 12)  "
put JSON_LIKE "{\"key\": \"$(random 16)\", \"n\": [1, 2]}"
put URL_LIKE "postgres://user:$(random 16)@db:5432/x?a=1&b=%20"
put UNICODE "grüße-$(random 12)-☃"
put LEADING_DASH "--$(random 20)"
same "the number of secrets" "$(find "$needles" -type f | wc -l)" 12

# ---- Six of them in a file of sops, six in one of the user's own
new_key ada
AGE_PRIVATE_KEY=$(private_key ada)
export AGE_PRIVATE_KEY
put AGE_KEY "$AGE_PRIVATE_KEY"
json_value() { local v; v=$(cat "$needles/$1" && echo .) && v=${v%.} && v=${v//\\/\\\\} && v=${v//\"/\\\"} && printf '%s' "${v//$'\n'/\\n}"; }
{
  printf '{'
  for secret in MULTI_LINE QUOTES DOLLARS BACKSLASHES SPACES; do printf '"%s": "%s", ' "$secret" "$(json_value "$secret")"; done
  printf '"LARGE": "%s"}' "$(json_value LARGE)"
} >"$folder/plain.json"
sops encrypt --age "$(public_key ada)" --output team.sops.json "$folder/plain.json" || fail "sops encrypt"
rm "$folder/plain.json"
for secret in BASE64_LIKE FOUR JSON_LIKE URL_LIKE UNICODE LEADING_DASH; do
  printf "%s='%s'\n" "$secret" "$(cat "$needles/$secret")"
done >override.secrets.env
chmod 600 override.secrets.env
sed -i '/type: dotenv/a\      - { type: secrets, file: override.secrets.env }\n      - { type: sops, file: team.sops.json }' etc/harbor.yaml
sed -i '/fromHost:/a\    file: true' etc/harbor.yaml

secret_names=$(find "$needles" -type f ! -name AGE_KEY -printf '%f\n' | sort)
# Compose copies such a secret into the container, and cannot where everything is read-only.
sed -i "/^  hello:/a\\    read_only: false" stacks/hello/compose.hello.yml
sed -i "/^  hello:/a\\    secrets: [$(echo "$secret_names" | paste -sd,)]" stacks/hello/compose.hello.yml
{
  printf 'secrets:\n'
  for secret in $secret_names; do printf '  %s: { environment: %s }\n' "$secret" "$secret"; done
} >>stacks/hello/compose.hello.yml

# What templates make of them is in no list of encodings.
mkdir -p stacks/hello/templates
for secret in $secret_names; do
  printf '%s\n' "a {{$secret}}" "b {{json (json $secret)}}" "c {{upper (json $secret)}}" "d {{$secret.length}}"
done >stacks/hello/templates/all.conf

# ---- The run, watched
(
  while :; do
    cat /proc/[0-9]*/cmdline 2>/dev/null
    sleep 0.01
  done >"$seen/command-lines"
) &
sampler=$!
step() { # step NAME COMMAND...: everything that it prints is kept
  local log=$seen/$1
  shift
  "$@" >"$log.out" 2>"$log.err" || fail "$* ended with $?: $(tail -n 20 "$log.err")"
}
fails() { # fails NAME STATUS COMMAND...: likewise, of a command that is to fail
  local log=$seen/$1 status=0
  "${@:3}" >"$log.out" 2>"$log.err" || status=$?
  same "the exit status of ${*:3}, which said $(tail -n 20 "$log.err")" $status "$2"
}
step plan-new "$HARBOR" plan prepare
contains "the plan of a new file" "$(cat "$seen/plan-new.out")" "+b ******"
step prepare "$HARBOR" run prepare --verbose --events "$seen/events"
echo "one more line" >>stacks/hello/templates/all.conf
step plan "$HARBOR" plan prepare
contains "the plan of a changed file" "$(cat "$seen/plan.out")" "+one more line"
same "the mode of .env.run" "$(stat -c %a var/run/.env.run)" 600
step env "$HARBOR" env
step env-json "$HARBOR" env --json
step why "$HARBOR" why QUOTES --json
step plan-json "$HARBOR" plan prepare --json
for secret in $secret_names; do step "why-$secret" "$HARBOR" why "$secret"; done

# Lines that are at fault, and hold what another file says is secret.
echo "{{QUOTES}} $(value URL_LIKE) {{NO_SUCH}}" >stacks/hello/templates/broken.conf
fails template 65 "$HARBOR" run prepare --verbose --events "$seen/template-events"
contains "the failing template" "$(cat "$seen/template.err")" "template.missing_variable"
fails template-json 65 "$HARBOR" run prepare --json
rm stacks/hello/templates/broken.conf
cp etc/sys.env "$folder/sys.env"
echo "BROKEN=$(value BASE64_LIKE)\${" >>etc/sys.env
fails env-file 65 "$HARBOR" run prepare
contains "the failing env file" "$(cat "$seen/env-file.err")" "env.bad_reference"
cp "$folder/sys.env" etc/sys.env
cp override.secrets.env "$folder/override.secrets.env"
printf "OTHER='%s" "$(value UNICODE)" >>override.secrets.env
fails secret-file 65 "$HARBOR" run prepare
contains "the failing file of secrets" "$(cat "$seen/secret-file.err")" "override.secrets.env"
cp "$folder/override.secrets.env" override.secrets.env
for secret in $secret_names; do contains "harbor env" "$(tr -s ' ' <"$seen/env.out")" "$secret ******"; done
for secret in UNICODE LEADING_DASH BASE64_LIKE; do
  grep -qxF -- "$secret='$(cat "$needles/$secret")'" var/run/.env.run || fail "$secret is not in .env.run"
done
if [ $engine = yes ]; then
  # A service that prints all that it was given and ends: its last words become a part of the message.
  cp stacks/hello/compose.hello.yml "$folder/compose.hello.yml"
  sed -i '0,/command: .*/s||command: [/bin/busybox, sh, -c, "for f in /run/secrets/*; do echo got; cat $$f; echo; /bin/busybox base64 $$f; done; exit 3"]|' \
    stacks/hello/compose.hello.yml
  fails deploy-failing 1 "$HARBOR" deploy --verbose --events "$seen/deploy-failing-events"
  step logs "$HARBOR" logs hello
  contains "harbor logs" "$(cat "$seen/logs.out")" "******"
  step logs-json "$HARBOR" logs hello --json
  AGE_PRIVATE_KEY='' HOME=$folder step logs-without-key "$HARBOR" logs hello-backend
  contains "harbor logs without a key" "$(cat "$seen/logs-without-key.err")" "secrets may show"
  cp "$folder/compose.hello.yml" stacks/hello/compose.hello.yml
  since=$(date +%s)
  step deploy "$HARBOR" deploy --verbose --events "$seen/deploy-events"
  step status "$HARBOR" status --json
  step history "$HARBOR" history --json
  for id in $(containers); do
    docker inspect "$id" >"$seen/inspect-$id" && docker logs "$id" >"$seen/logs-$id" 2>&1
    docker inspect "$(docker inspect --format '{{.Image}}' "$id")" >"$seen/inspect-image-$id"
  done
  docker events --since "$since" --until "$(date +%s)" >"$seen/docker-events"
  # The values arrived, byte by byte.
  hello=$(docker ps --quiet --filter "label=com.docker.compose.project=$name" --filter label=com.docker.compose.service=hello)
  for secret in $secret_names; do
    docker exec "$hello" /bin/busybox cat "/run/secrets/$secret" | cmp -s - "$needles/$secret" || fail "$secret arrived changed"
  done
fi
kill "$sampler" && wait "$sampler" 2>/dev/null
sampler=

# ---- The search
places() { # all that was seen, the project but for its places for secrets, and what is new in shared folders
  find "$seen" -type f -print0
  find "$project" -type f ! -path "$project/override.secrets.env" ! -path "$project/var/run/.env.run" \
    ! -path "$project/var/run/hello/config/*" -print0
  find /dev/shm "${TMPDIR:-/tmp}" -xdev -type f -newer "$start" -size -8M ! -path "$folder/*" ! -path "$project/*" \
    ! -path '*/engine/*' ! -path '*/build*' -print0 2>/dev/null
}
hits=$(places | "$SECRET_SEARCH" "$needles" 2>"$folder/tally") || fail "secrets came to rest: $hits"
echo "searched: $(cat "$folder/tally")"
[ -s "$seen/command-lines" ] || fail "no command line was seen"

# ---- Ten leaks, all found
leaks=$folder/leaks
mkdir "$leaks"
leak() { # leak NAME SECRET: standard input is what leaks; runs in a subshell, so a file says that it was found
  cat >"$leaks/$1"
  local hit
  hit=$(printf '%s\0' "$leaks/$1" | "$SECRET_SEARCH" "$needles" 2>/dev/null)
  contains "the search for the leak $1" "$hit" ": $2 "
  touch "$leaks/$1.found"
}
{ echo "connecting to" && value URL_LIKE && echo " now"; } | leak log URL_LIKE
printf '{"event":"x","text":"%s"}' "$(json_value MULTI_LINE)" | leak journal MULTI_LINE
value QUOTES | base64 -w 0 | leak base64 QUOTES
{ printf 'x:' && value LARGE; } | base64 -w 0 | leak base64-shifted LARGE
{ printf 'user:' && value UNICODE; } | base64 -w 0 | tr '+/' '-_' | leak header UNICODE
value DOLLARS | od -An -v -tx1 | tr -d ' \n' | leak hexadecimal DOLLARS
{ head -c 1500000 /dev/urandom && value BACKSLASHES && head -c 1500000 /dev/urandom; } | leak binary BACKSLASHES
{ printf 'https://x/?q=' && value SPACES | sed 's/ /%20/g; s/#/%23/g'; } | leak query SPACES
bash -c 'exec -a "$0" sleep 30' "$(value LEADING_DASH)" &
sleeper=$!
wait_for 5 grep -q -a -F -- "$(value LEADING_DASH)" "/proc/$sleeper/cmdline"
leak command-line LEADING_DASH <"/proc/$sleeper/cmdline"
kill "$sleeper"
value FOUR | sed 's/^/PIN=/' | leak short FOUR
same "the leaks that were found" "$(find "$leaks" -name "*.found" | wc -l)" 10

# ---- What is left at the end
if [ $engine = yes ]; then
  "$HARBOR" destroy --quiet || fail "destroy ended with $?"
  [ ! -e var/run/.env.run ] || fail "destroy left var/run/.env.run"
else
  echo "no engine answers: prepare alone was looked at"
fi
