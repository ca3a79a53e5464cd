#!/usr/bin/env bash
# What cannot be read is never taken for absent: nothing is deleted, dropped or passed over because of it. Tests may run
# as root, for whom modes mean nothing: a link that leads to itself cannot be read by anybody.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
project=$(mktemp -d "${TMPDIR:-/tmp}/harbor-unreadable-XXXXXX")
trap 'chmod -R u+rwX "$project"; rm -rf "$project"' EXIT
chmod 755 "$project"
mkdir "$project/p" "$project/home" && cd "$project/p" || exit 1
export HOME=$project/home XDG_CACHE_HOME=$project/home/cache
umask 022

mkdir -p etc/sites stacks/web/templates
cat >etc/harbor.yaml <<'END'
version: 1
profiles: { default: { services: [web] } }
source:
  rules: { base: [compose.yml], folders: [".", "stacks/*"] }
  steps: [{ action: compose.merge }]
prepare:
  env: { sources: [{ type: sys }, { type: dotenv, file: "more/*.env", optional: true }, { type: service }] }
  templates:
    - { from: "stacks/${service}/templates/**", to: "var/run/${service}/config/", optional: true }
END
echo 'services: {}' >compose.yml
echo 'services: { web: { image: web } }' >stacks/web/compose.web.yml
echo 'version: 1' >stacks/web/harbor.yaml
echo 'NAME=web' >etc/sys.env
echo 'name={{NAME}}' >stacks/web/templates/app.conf

# prepare ends with one of STATUS... and what was rendered stands as it was.
refuses() { # refuses WHAT STATUS WORD...
  local what=$1 wanted=$2 status=0
  shift 2
  "$@" >out 2>&1 || status=$?
  same "the status of '$*' with $what, which says '$(cat out)'," $status "$wanted"
  same "the rendered file with $what" "$(cat var/run/web/config/app.conf)" "name=web"
}
both() { # both WHAT STATUS
  refuses "$1" "$2" "$HARBOR" run prepare --quiet
  refuses "$1" "$2" "$HARBOR" check
}
aside() { mv "$1" "$project/aside" && ln -s "$(basename "$1")" "$1"; } # a link to itself
back() { rm "$1" && mv "$project/aside" "$1"; }

"$HARBOR" run prepare --quiet >out 2>&1 || fail "prepare: $(cat out)"
same "the rendered file" "$(cat var/run/web/config/app.conf)" "name=web"

for path in stacks/web/templates stacks/web/templates/app.conf stacks/web/harbor.yaml stacks/web stacks \
  etc/sys.env compose.yml stacks/web/compose.web.yml etc/harbor.yaml etc; do
  aside $path
  both "$path unreadable" 74
  back $path
done

mkdir more && echo 'NAME=more' >more/a.env
"$HARBOR" run prepare --quiet >out 2>&1 || fail "prepare: $(cat out)"
same "the rendered file" "$(cat var/run/web/config/app.conf)" "name=more"
rm -r more && "$HARBOR" run prepare --quiet >out 2>&1
aside etc/sites && mkdir -p more && rmdir more && ln -s more more
both "a folder of env files unreadable" 74
rm more && back etc/sites
ln -s site.yaml etc/sites/site.yaml
refuses "an unreadable site" 74 "$HARBOR" check --site site

# What is no plain file is neither waited for nor read on.
for path in stacks/web/harbor.yaml etc/sys.env compose.yml stacks/web/compose.web.yml stacks/web/templates/app.conf; do
  mv $path "$project/aside" && mkfifo $path
  refuses "a FIFO as $path" 74 timeout 20 "$HARBOR" run prepare --quiet
  rm $path && ln -s /dev/zero $path
  status=0
  timeout 20 "$HARBOR" run prepare --quiet >out 2>&1 || status=$?
  case $status in
  65 | 74 | 77) ;;
  *) fail "with /dev/zero as $path harbor ends with $status: $(cat out)" ;;
  esac
  back $path
done

# A file of the project is reached by no link that leads out of it, and by any other.
mkdir "$project/outside" && echo 'NAME=stolen' >"$project/outside/env"
mv etc/sys.env kept.env
for link in ../../outside/env "$project/outside/env"; do
  ln -s "$link" etc/sys.env
  both "etc/sys.env -> $link" 77
  rm etc/sys.env
done
ln -s ../kept.env etc/sys.env
"$HARBOR" run prepare --quiet >out 2>&1 || fail "a link within the project: $(cat out)"
rm etc/sys.env && mv kept.env etc/sys.env
ln -s ../../../../outside/env stacks/web/templates/stolen
both "a template that leads out" 65
rm stacks/web/templates/stolen

# A folder of packs that cannot be looked into is named.
ln -s packs "$project/packs"
HARBOR_PLUGIN_PATH=$project/packs "$HARBOR" plugin list >out 2>&1
contains "plugin list" "$(cat out)" "error[H0316]: plugin folder '$project/packs'"

# The same for somebody whom modes stop.
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || exit 0
chown -R 65534:65534 "$project"
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
as_nobody "$HARBOR" version >out 2>&1 || exit 0 # who built Harbor keeps it to himself
for path in stacks/web/templates stacks/web/harbor.yaml stacks etc/sys.env etc; do
  mode=$(stat -c %a $path)
  chmod 000 $path
  status=0
  as_nobody "$HARBOR" run prepare --quiet >out 2>&1 || status=$?
  case $status in
  74 | 77) ;;
  *) fail "with $path closed prepare ends with $status: $(cat out)" ;;
  esac
  status=0
  as_nobody "$HARBOR" check >out 2>&1 || status=$?
  [ $status != 0 ] || fail "with $path closed check ends with 0: $(cat out)"
  chmod "$mode" $path
  same "the rendered file with $path closed" "$(cat var/run/web/config/app.conf)" "name=web"
done
