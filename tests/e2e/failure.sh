#!/usr/bin/env bash
# What goes wrong with an engine: each has its code, its exit status and words to go by.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

# refused STATUS CODE WORDS [VARIABLE=VALUE...]: a deploy that fails like that.
refused() {
  local status=$1 code=$2 words=$3 start=$SECONDS
  shift 3
  env "$@" "$HARBOR" deploy --quiet 2>err.txt
  same "the exit status for $code" $? "$status"
  contains "the error" "$(cat err.txt)" "error[$code]"
  contains "the error" "$(tr '\n' ' ' <err.txt)" "$words"
  [ $((SECONDS - start)) -le 60 ] || fail "$code took $((SECONDS - start)) s"
}

# No daemon, and one that never answers.
refused 69 compose.daemon_unavailable "engine" DOCKER_HOST="unix://$project/none.sock"
busybox nc -ll -p "$HELLO_PORT" -e sleep 100 </dev/null >/dev/null 2>&1 & # holds no output open
wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$HELLO_PORT" 2>/dev/null
refused 69 compose.daemon_timeout "not answer" DOCKER_HOST="tcp://127.0.0.1:$HELLO_PORT"
kill %% 2>/dev/null

# A port that somebody else has.
HELLO_PORT=$(free_port)
export HELLO_PORT
busybox nc -ll -p "$HELLO_PORT" -e cat &
holder=$!
wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$HELLO_PORT" 2>/dev/null
refused 1 compose.port_taken "$HELLO_PORT"
kill $holder
"$HARBOR" destroy --quiet || fail "destroy after a taken port ended with $?"
nothing_left

# An image that cannot be built, a service that ends, a file that is wrong.
docker image ls --quiet --filter "label=com.docker.compose.project=$name" | xargs -r docker image rm --force >/dev/null
sed -i 's/COPY busybox/COPY nothing-like-this/' stacks/hello/compose.hello.yml
refused 1 compose.build_failed "nothing-like-this"
sed -i 's/COPY nothing-like-this/COPY busybox/' stacks/hello/compose.hello.yml
sed -i '/^  hello-backend:/,$ s|command: .*|command: [/bin/busybox, sh, -c, "echo the last words; exit 7"]|' stacks/hello/compose.hello.yml
refused 1 compose.exited "hello-backend"
contains "the error" "$(cat err.txt)" "7"
contains "the error" "$(cat err.txt)" "the last words"
echo 'volumes: [' >>stacks/hello/compose.hello.yml
"$HARBOR" deploy --quiet 2>err.txt
same "the exit status for a broken file" $? 65
contains "the error" "$(cat err.txt)" "stacks/hello/compose.hello.yml"
"$HARBOR" destroy --quiet || fail "destroy with a broken file ended with $?"
nothing_left
