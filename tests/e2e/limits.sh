#!/usr/bin/env bash
# A machine that gives little, streams that are closed, readers that left: a message, a status of the list, no signal.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-limits-XXXXXX")
trap 'rm -rf "$project"' EXIT
# What was inherited counts as well, and the loader of programs alone needs one.
for fd in {3..20}; do eval "exec $fd>&-"; done
mkdir "$project/p" && cd "$project/p" || exit 1
export XDG_CACHE_HOME=$project/cache
mkdir -p etc t
cat >etc/harbor.yaml <<'END'
version: 1
prepare:
  env: { sources: [{ type: sys }], file: true }
  templates: [{ from: "t/**", to: var/run/t }]
END
echo 'NAME=limits' >etc/sys.env
echo '{{NAME}}' >t/a.conf

# ends WHAT STATUS|any COMMAND...: 0 or a status of the list, never a signal, and no blame for Harbor.
ends() {
  local what=$1 wanted=$2 status=0
  shift 2
  timeout --kill-after=5 60 "$@" >out 2>err || status=$?
  case $status in
  0 | 1 | 64 | 65 | 66 | 69 | 74 | 75 | 77 | 78 | 130) ;;
  *) fail "with $what harbor ends with $status: $(cat err)" ;;
  esac
  [ "$wanted" = any ] || same "the status with $what, which says '$(cat err)'," $status "$wanted"
  case $(cat err) in *"made a mistake"*) fail "with $what: $(cat err)" ;; esac
  [ $status = 0 ] || [ "$wanted" = "${silent-}" ] || [ -s err ] || [ -s out ] || fail "with $what harbor says nothing"
}
bash_ends() { ends "$1" "$2" bash -c "$3"; }

ends "nothing special" 0 "$HARBOR" run prepare

# Streams
silent=74
bash_ends "standard output closed" 74 '"$HARBOR" version >&-'
bash_ends "standard error closed" 0 '"$HARBOR" run prepare 2>&-'
bash_ends "all streams closed" 0 '"$HARBOR" run prepare <&- >&- 2>&-'
[ "$(tr -d '[:alnum:][:space:]{}":,_.-' <var/lock)" = "" ] || fail "var/lock holds what was printed: $(cat var/lock)"
if grep -q prepare var/lock && grep -q 'harbor:' var/lock; then fail "var/lock holds progress"; fi
bash_ends "a reader that left" 74 'exec 3> >(exec true); sleep 0.2; "$HARBOR" schema >&3'
bash_ends "a reader of progress that left" any 'exec 3> >(exec true); sleep 0.2; "$HARBOR" run prepare 2>&3'
unset silent
ends "standard output full" 74 bash -c '"$HARBOR" schema >/dev/full'

# Events
mkfifo events
ends "events to a FIFO that nobody reads" 74 "$HARBOR" run prepare --events events
ends "events to a full device" 74 "$HARBOR" run prepare --events /dev/full
ends "events to a full device, as JSON" 74 "$HARBOR" run prepare --json --events /dev/full
ends "events to a folder" 74 "$HARBOR" run prepare --events etc
bash_ends "events to a reader that left" 74 'head -c 1 events >/dev/null & "$HARBOR" run prepare --events events; s=$?; wait; exit $s'
bash_ends "events to a reader" 0 'cat events >got & "$HARBOR" run prepare --events events; s=$?; wait; exit $s'
contains "the events" "$(cat got)" run_finished

# Limits
bash_ends "a small stack" 69 'ulimit -s 64; "$HARBOR" run prepare'
bash_ends "a small stack that may grow" 0 'ulimit -S -s 64; "$HARBOR" run prepare'
for files in 4 6 8 10 12 14 16 20; do bash_ends "$files files" any "ulimit -n $files; \"\$HARBOR\" run prepare"; done
for size in 0 1; do
  # The runtime of a thread-sanitized build writes to a file before main().
  if [ $size = 0 ] && grep -q __tsan_init "$HARBOR"; then continue; fi
  echo "{{NAME}} $size $RANDOM" >t/a.conf
  # What it says goes through a pipe: the files of this test are files, too.
  bash_ends "files of $size KiB" 74 "(ulimit -f $size; exec \"\$HARBOR\" run prepare) 2>&1 | cat; exit \${PIPESTATUS[0]}"
done
ends "what was left" 0 "$HARBOR" run prepare

# Processes and threads. The limit does not hold for root.
other=()
[ "$(id -u)" != 0 ] || other=(setpriv --reuid 54321 --regid 54321 --clear-groups)
cp -r "$project/p" "$project/q" && cd "$project/q" || exit 1
if [ "$(id -u)" = 0 ]; then chown -R 54321:54321 "$project"; fi
if "${other[@]}" test -x "$HARBOR"; then
  # The leak check of a sanitized build wants one more process.
  sanitizer=${ASAN_OPTIONS-}
  export ASAN_OPTIONS=${sanitizer:+$sanitizer:}detect_leaks=0
  # Also where packs describe themselves, each in a process of its own.
  for cache in cache fresh; do
    export XDG_CACHE_HOME=$project/$cache
    ends "no process more" 69 "${other[@]}" bash -c 'ulimit -u 1; exec "$HARBOR" run prepare'
    contains "the message" "$(cat err)" "error[H0806]"
    for count in 2 3 4; do
      ends "$count processes" any "${other[@]}" bash -c "ulimit -u $count; exec \"\$HARBOR\" run prepare --jobs 8"
    done
  done
  ends "what was left by few processes" 0 "${other[@]}" "$HARBOR" run prepare
  export ASAN_OPTIONS=$sanitizer
fi
export XDG_CACHE_HOME=$project/cache
cd "$project/p" || exit 1
if [ "$(id -u)" = 0 ]; then chown -R 0:0 "$project"; fi

# Names
mkdir "$project/ä ö" && cp -r etc t "$project/ä ö"
cd "$project/ä ö" || exit 1
ends "a folder of another name" 0 "$HARBOR" run prepare
ends "a folder of another name, by -C" 0 "$HARBOR" -C "$project/ä ö" check
ends "a folder of another name, in the locale C" 0 env LC_ALL=C "$HARBOR" run prepare
ends "destroy in a folder of another name" 0 "$HARBOR" destroy
