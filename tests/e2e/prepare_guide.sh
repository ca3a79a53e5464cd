#!/usr/bin/env bash
# Runs every command of docs/env.md and docs/templates.md. A fence "```sh" is run, one "```LANGUAGE FILE" is the content of
# that file. What the pages say of the results is checked at the end of each.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

docs=$(readlink -f "$(dirname "$0")/../../docs")
work=$(mktemp -d "${TMPDIR:-/tmp}/harbor-guide-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
printf '#!/bin/sh\nexec %s "$@"\n' "$HARBOR" >"$work/bin/harbor"
chmod 755 "$work/bin/harbor"
export PATH=$work/bin:$PATH

# What the pages take for granted.
project() {
  rm -rf "$work/project"
  mkdir -p "$work/project"/{etc/sites,stacks/{web,db}/templates,nginx} && cd "$work/project" || exit 1
  echo 'services: {}' >compose.yml
  echo 'services: { web: { image: "web:${DOMAIN}" } }' >stacks/web/compose.web.yml
  echo 'services: { db: { image: db } }' >stacks/db/compose.db.yml
  printf 'DOMAIN=example.org\nURL=https://${DOMAIN}/\nLEVEL=High\nDEBUG=\n' >etc/sys.env
  echo 'DOMAIN=berlin.example.org' >etc/sites/berlin.env
  echo 'PORT=80' >stacks/web/service.env
  echo "PASSWORD='pass\"word'" >override.secrets.env
  echo 'port {{default PORT "5432"}}' >stacks/db/templates/db.conf
}

blocks=0
run_block() { # run_block INFO TEXT
  local language=${1%% *} file=${1#* }
  if [ "$1" = sh ]; then
    bash -euo pipefail -c "$2" >"$work/out" 2>&1 </dev/null || fail "ended with $?: $2 $(cat "$work/out")"
    cat "$work/out" >>"$work/said"
  elif [ "$language" != "$1" ]; then
    printf '%s' "$2" >"$file"
  fi
  blocks=$((blocks + 1))
}
# The files of a page, or all of its blocks: a page may show a file behind the command that reads it.
run_page() { # run_page FILE files|all
  local info='' text='' line
  while IFS= read -r line; do
    case $line in
    '```')
      if [ -n "$info" ] && { [ "$2" = all ] || [ "$info" != sh ]; }; then run_block "$info" "$text"; fi
      info=''
      ;;
    '```'*) info=${line#'```'} text='' ;;
    *) text+=$line$'\n' ;;
    esac
  done <"$1"
}

export HF_TOKEN=a-token-of-the-host
project
run_page "$docs/env.md" all
said=$(tr -s ' ' <"$work/said")
contains "docs/env.md" "$said" "DOMAIN example.org sys etc/sys.env:1"
contains "docs/env.md" "$said" "DOMAIN berlin.example.org site etc/sites/berlin.env:1"
contains "docs/env.md" "$said" "HF_TOKEN ****** host"
contains "docs/env.md" "$said" "PORT of web"
contains "docs/env.md" "$said" "used by"
contains "docs/env.md" "$said" "etc/sys.env:2:1 URL"
same "the mode of the file" "$(stat -c %a var/run/.env.run)" 600

project
: >"$work/said"
run_page "$docs/templates.md" files
run_page "$docs/templates.md" all
contains "docs/templates.md" "$(cat "$work/said")" '+password: ******'
same "the template of the page" "$(cat var/run/web/app.yml)" '# web, one of db, web
url: https://example.org/
debug: false
cpu: 2
hosts:
  - { name: "a.example.org", number: 0 }
  - { name: "b.example.org", number: 1, last: true }
limit: 2
password: "pass\"word"
level: 3'
same "the other service" "$(cat var/run/db/db.conf)" "port 5432"
same "the file of envsubst" "$(cat var/run/nginx/site.conf)" 'server_name example.org;
return 301 https://$host/;'
same "its mode" "$(stat -c %a var/run/nginx/site.conf)" 644
why=$(harbor why DOMAIN)
contains "why" "$why" "nginx/site.conf"
contains "why" "$why" "stacks/web/templates/app.yml.hbs"
[ "$blocks" -ge 10 ] || fail "only $blocks blocks were found"
