#!/usr/bin/env bash
# words.sh SOURCE: the kernel and the SDK know no tool that a plugin drives.
set -u
cd "$1" || exit 1
if grep -riE 'docker|compose|cloudflare|traefik|sops' engine sdk; then
  echo "engine/ and sdk/ name a tool" >&2
  exit 1
fi
if grep -rl 'x-harbor-' engine | grep -v '^engine/plugin/schema_mark\.[ch]pp$'; then
  echo "marks of a schema are spelled beside plugin/schema_mark.cpp, which reads them once" >&2
  exit 1
fi
if grep -rlE '#include [<"](spdlog|fmt)/' engine plugins sdk/include | grep -vx engine/report/log_view.cpp; then
  echo "report/log_view.cpp alone uses the logging library" >&2
  exit 1
fi
