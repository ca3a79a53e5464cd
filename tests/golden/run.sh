#!/usr/bin/env bash
# run.sh CASE HARBOR ZOO: runs the commands of a case and compares what they print with what the case expects.
#
# CASE is a text file, ROOM/NAME.txt:
#
#   A sentence that says what holds.
#
#   $ harbor check                  lines of bash in the folder of the project, most of them `harbor ...`;
#   $ for file in a b; do           a line that goes on with the one above begins with `> `
#   >   harbor -f $file check
#   > done
#   --- packs                       packs of the zoo that are installed besides zoo.so, one a line
#   rival
#   --- codes                       codes that the output must show, one a line
#   H0315
#   --- file etc/harbor.yaml        a file of the project; as many of them as needed
#   version: 1
#   --- out                         what is printed; what differs from run to run is replaced by a name in capitals
#   --- err
#   --- exit                        the exit statuses of the `harbor` lines, one a line
#   0
#
# All sections but the commands may be missing, which is the same as empty; out, err and exit are the last ones.
# In a section `\--- ` at the beginning of a line stands for `--- `, and ␛ in an output for the escape character.
# `(no newline at its end)` after out or err means that the last line is not ended. All else that a text cannot show
# (modes, links, odd bytes in a file, a file whose last line is not ended) is made by the commands.
#
# HARBOR_ACCEPT=1 writes out, err and exit anew and leaves the rest as it is, byte for byte. Look at what changed before
# you commit it.
set -u
umask 022
case=$(readlink -f "$1")
harbor=$(readlink -f "$2")
zoo=$(cd "$3" && pwd)

# The length of the path is always the same, since messages are wrapped.
temp=$(mktemp -d /tmp/golden-XXXXXXXX)
trap 'chmod -R u+rwx "$temp"; rm -rf "$temp"' EXIT
mkdir "$temp"/{bin,case,home,packs,project,tmp}

refuse() {
  echo "$case: $*"
  exit 1
}

# Parts the case: sections become files in $temp/case, files of the project stand where they belong.
part() {
  local section=head target=$temp/case/head line number=0
  touch "$temp"/case/{packs,codes,expected}
  while IFS= read -r line; do
    number=$((number + 1))
    if [[ $line == '--- '* ]]; then
      [ "$section" != expected ] || [[ $line =~ ^---\ (out|err|exit) ]] ||
        refuse "line $number: out, err and exit are the last sections"
      case ${line#--- } in
        packs | codes) section=${line#--- } target=$temp/case/$section && continue ;;
        out* | err* | exit) section=expected target=$temp/case/expected ;;
        'file '*)
          section=file target=$temp/project/${line#--- file }
          [ ! -e "$target" ] || refuse "line $number: this file stands there already"
          mkdir -p "${target%/*}" && : >"$target"
          continue
          ;;
        *) refuse "line $number: there is no such section" ;;
      esac
    elif [[ $section != expected && $line =~ ^\\+---\  ]]; then
      line=${line#\\}
    fi
    printf '%s\n' "$line" >>"$target"
  done <"$case"
  [ -z "$line" ] || refuse "the last line is not ended"
  [[ $(head -n 1 "$temp/case/head") == [!\$\>]* ]] || refuse "the first line is a sentence that says what holds"
  sed -nE 's/^[$>] //p' "$temp/case/head" >"$temp/cmd"
  [ -s "$temp/cmd" ] || refuse "no line begins with '\$ '"
}
part

# A program in a folder of its own finds no packs beside it but those of the case.
ln "$harbor" "$temp/bin/harbor" 2>/dev/null || cp "$harbor" "$temp/bin/harbor"
for pack in zoo $(cat "$temp/case/packs"); do
  install -m 644 "$zoo/$pack.so" "$temp/packs/"
done
cat >"$temp/shell" <<'SHELL'
harbor() {
  "$BIN/harbor" "$@"
  local status=$?
  echo "$status" >>"$EXITS"
  return "$status"
}
skip() {
  echo "$*" >"$SKIP"
  exit 0
}
SHELL

cd "$temp/project" || exit 1
sanitizers=()
for name in ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS; do
  [ -n "${!name-}" ] && sanitizers+=("$name=${!name}")
done
# An interpreter with packages of the user's own; the schema's validator may be one of them.
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null || echo python3)
env -i "${sanitizers[@]}" PATH="$temp/bin:/usr/bin:/bin" HOME="$temp/home" TMPDIR="$temp/tmp" \
  XDG_CACHE_HOME="$temp/home/.cache" XDG_CONFIG_HOME="$temp/home/.config" \
  XDG_DATA_HOME="$temp/home/.local/share" XDG_STATE_HOME="$temp/home/.local/state" \
  HARBOR_PLUGIN_PATH="$temp/packs" LC_ALL=C.UTF-8 TZ=UTC \
  BASH_ENV="$temp/shell" BIN="$temp/bin" ZOO="$zoo" PYTHON="$python" EXITS="$temp/exit" SKIP="$temp/skip" \
  bash "$temp/cmd" >"$temp/out" 2>"$temp/err" </dev/null

if [ -e "$temp/skip" ]; then
  echo "SKIPPED: $(cat "$temp/skip")"
  exit 0
fi

version=$("$temp/bin/harbor" version)
version=${version#harbor }
normalise() {
  sed -E \
    -e "s#$temp/(project|home|packs|bin|tmp)#/\1#g" \
    -e "s#$temp#/temp#g" \
    -e "s#$zoo#/zoo#g" \
    -e "s#\b${version//./\\.}\b#VERSION#g" \
    -e 's/[0-9]{8}-[0-9]{6}-[0-9a-f]{6}/RUN/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z/TIME/g' \
    -e 's/\b[0-9a-f]{64}\b/SHA256/g' \
    -e 's/\b(process|pid|kill) [0-9]+/\1 PID/g; s/"pid": ?[0-9]+/"pid":PID/g' \
    -e 's/"(seconds|elapsed|elapsed_ms)": ?[0-9.e-]+/"\1":SECONDS/g' \
    -e 's/\b(in|after) [0-9]+(\.[0-9]+)?s\b/\1 SECONDS/g' \
    -e 's/ [0-9]+\.[0-9]s\b/ SECONDS/g' "$1"
}

# What the case holds from the first of its sections out, err and exit on.
section() {
  [ -s "$2" ] || return 0
  local note=
  [ -z "$(tail -c 1 "$2")" ] || note=' (no newline at its end)'
  printf '%s\n' "--- $1$note"
  normalise "$2" | sed -E -e 's/^(\\*--- )/\\\1/' -e 's/\x1b/␛/g'
  [ -z "$note" ] || echo
}
touch "$temp/exit"
for name in out err exit; do section "$name" "$temp/$name"; done >"$temp/got"

failed=0
if ! diff -u --label expected --label printed "$temp/case/expected" "$temp/got" >"$temp/difference"; then
  if [ -n "${HARBOR_ACCEPT-}" ]; then
    sed -E '/^--- (out|err|exit)/,$d' "$case" | cat - "$temp/got" >"$temp/case/new"
    cat "$temp/case/new" >"$case"
  else
    cat "$temp/difference"
    failed=1
  fi
fi
while read -r code; do
  grep -q "$code" "$temp/out" "$temp/err" || { echo "$code does not show"; failed=1; }
done <"$temp/case/codes"
exit "$failed"
