#!/usr/bin/env bash
# A config template and a shared volume of a compose file, seen from within the container; destroy takes the file away.
. "$(dirname "$0")/lib.sh"
need_engine
new_project

printf 'port=${HELLO_PORT} none=[${NOT_SET}] kept=$$\n' >stacks/hello/app.conf
printf 'token=${APP_TOKEN}\n' >stacks/hello/token.conf
printf 'APP_TOKEN=only-for-the-service\n' >override.secrets.env
chmod 600 override.secrets.env
sed -i '/type: dotenv/a\      - { type: secrets }' etc/harbor.yaml
printf 'GREETING_DIR=%s/shared\n' "$PWD" >.env.local
mkdir shared && echo 'from the host' >shared/greeting
chmod -R go+rX shared
sed -i 's|^  hello:$|  hello:\n    x-harbor-config-templates: [{ source: ./stacks/hello/app.conf, target: /etc/app.conf }, { source: ./stacks/hello/token.conf, target: /etc/token.conf }]\n    x-harbor-shared-volumes: ["${GREETING_DIR}:/shared", "${NOT_SET}:/never"]|' \
  stacks/hello/compose.hello.yml

"$HARBOR" deploy --quiet || fail "the deploy ended with $?"
same "the rendered file" "$("$HARBOR" exec hello /bin/busybox cat /etc/app.conf)" "port=$HELLO_PORT none=[] kept=\$\$"
if "$HARBOR" exec hello /bin/busybox touch /etc/app.conf 2>touch.err; then fail "the file can be written"; fi
contains "writing" "$(cat touch.err)" "Read-only file system"
# The service runs as a user with a number: what holds a secret is that user's alone.
if [ "$(id -u)" = 0 ]; then
  same "the file with a secret, in the container" "$("$HARBOR" exec hello /bin/busybox cat /etc/token.conf 2>&1)" "token=only-for-the-service"
  same "who may read it" "$(stat -c '%u %a' var/run/hello/config/etc/token.conf)" "65534 600"
fi
same "the shared volume" "$("$HARBOR" exec hello /bin/busybox cat /shared/greeting)" "from the host"
contains "the page, by the image's own command" \
  "$(curl --silent --show-error --max-time 10 "http://127.0.0.1:$HELLO_PORT/")" "hello-backend answers"
same "a second deploy" "$("$HARBOR" deploy --json | grep -o '"outcome": "[a-z]*"' | sort -u)" '"outcome": "noop"'

"$HARBOR" destroy --quiet || fail "destroy ended with $?"
[ ! -e var/run/hello/config ] || fail "the rendered file is still there"
nothing_left
