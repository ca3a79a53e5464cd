#!/usr/bin/env bash
# What `harbor run prepare` writes beneath var/run: all of it, or nothing at all.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-prepare-XXXXXX")
trap 'rm -rf "$project"' EXIT
cd "$project" || exit 1
umask 022
mkdir -p etc templates/a templates/b templates/c
cat >etc/harbor.yaml <<END
version: 1
prepare:
  env:
    sources: [{ type: sys }, { type: dotenv }, { type: secrets }]
    fromHost: [{ name: HOST_TOKEN, secret: true }]
    file: true
  templates:
    - { from: "templates/a/*", to: var/run/a }
    - { from: "templates/b/*", to: var/run/b }
    - { from: "templates/c/*", to: var/run/c }
END
echo 'NAME=one' >etc/sys.env
echo 'TOKEN=secret-of-the-file' >override.secrets.env
for folder in a b c; do echo '{{NAME}} {{TOKEN}}' >templates/$folder/app.conf; done

# Names, types, modes, inodes and, of files, times and contents.
picture() { (cd var/run && find . -printf '%p %y %m %i\n' | sort && find . -type f -printf '%p %T@\n' | sort && find . -type f -exec sha256sum {} + | sort); }
prepare() { # prepare STATUS [OPTION...]: ends so
  local expected=$1 status=0
  shift
  "$HARBOR" run prepare "$@" >out 2>&1 || status=$?
  same "the exit status, with $(cat out)," "$status" "$expected"
}
untouched() { # untouched WHAT: a failed prepare leaves everything as it was
  same "var/run after $1" "$(picture)" "$before"
}

export HOST_TOKEN=secret-of-the-host
prepare 0
same "a file" "$(cat var/run/b/app.conf)" "one secret-of-the-file"
same ".env.run" "$(cat var/run/.env.run)" "HOST_TOKEN='secret-of-the-host'
NAME='one'
TOKEN='secret-of-the-file'"
same "the mode of .env.run" "$(stat -c %a var/run/.env.run)" 600
before=$(picture)
prepare 0
contains "the second time" "$(cat out)" "unchanged"
untouched "nothing to do"

# Commands that only need the environment write nothing and wait for nobody.
rm -r var
"$HARBOR" env >out 2>&1 || fail "harbor env ended with $?"
contains "harbor env" "$(tr -s ' ' <out)" "HOST_TOKEN ****** host"
if grep -q secret-of out; then fail "harbor env shows a secret"; fi
[ ! -e var ] || fail "harbor env wrote something"
"$HARBOR" plan prepare >out 2>&1 || fail "harbor plan ended with $?"
contains "the plan" "$(cat out)" "+ var/run/.env.run  the environment"
contains "the plan" "$(cat out)" "+one ******"
[ ! -e var ] || fail "harbor plan wrote something"
contains "why" "$("$HARBOR" why HOST_TOKEN)" "host"

prepare 0
before=$(picture)
# Everything changes, and then something fails: in the languages, and in writing the last folder of three.
echo 'NAME=two' >.env.local
echo '{{MISSING}}' >templates/c/app.conf
prepare 65
contains "the message" "$(cat out)" "template.missing_variable"
untouched "a missing variable"
echo '{{NAME}}' >templates/c/app.conf
mv var/run/c c && echo 'in the way' >var/run/c
before=$(picture)
prepare 74
contains "the message" "$(cat out)" "H0706"
untouched "a folder that cannot be replaced"
rm var/run/c && mv c var/run/c

# So does what comes behind.
before=$(picture)
echo '  steps: [{ action: template.render, templates: [{ from: late, to: var/run/late }] }]' >>etc/harbor.yaml
echo '{{MISSING}}' >late
prepare 65
untouched "a failure in a later step"
echo '{{NAME}}' >late
prepare 0
same "the file of the later step" "$(cat var/run/late/late)" two
same "the first file" "$(cat var/run/a/app.conf)" "two secret-of-the-file"
[ ! -e var/run/.change ] || fail "something is left: $(find var)"

# A folder that is mounted stays the folder that it is, and who may read the files may get at them.
inode=$(stat -c %i var/run/a)
sed -i 's|to: var/run/a }|to: var/run/a, mode: 0644 }|' etc/harbor.yaml
echo '{{NAME}} three' >templates/a/app.conf
prepare 0
same "the changed file" "$(cat var/run/a/app.conf)" "two three"
same "the inode of its folder" "$(stat -c %i var/run/a)" "$inode"
same "the modes" "$(stat -c %a var/run/a var/run/a/app.conf var/run/b var/run/b/app.conf | tr '\n' ' ')" "755 644 700 600 "

# The folders for state are Harbor's own.
mkdir elsewhere
mv var/run var/aside && ln -s ../elsewhere var/run
prepare 77
rm var/run && mv var/aside var/run
mv var/runs var/aside && ln -s ../elsewhere var/runs
prepare 77
rm var/runs && mv var/aside var/runs
chmod g+w var
prepare 77
chmod g-w var
[ -z "$(ls elsewhere)" ] || fail "something was written elsewhere"

if grep -rq secret-of var/runs; then fail "the journal holds a secret"; fi

# Destroy takes all of it, also without the journal that tells who wrote it.
rm -r var/runs
mkdir -p var/run/empty var/run/.change && echo secret-of-somebody >var/run/.change/0123
"$HARBOR" destroy >out 2>&1 || fail "destroy ended with $?: $(cat out)"
[ ! -e var/run ] || fail "destroy left $(find var/run)"
