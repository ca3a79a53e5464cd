#!/usr/bin/env bash
# words.sh SOURCE: plugins -> sdk <- engine. The kernel knows no tool that a plugin drives, and plugins include neither
# the engine nor one another.
set -u
cd "$1" || exit 1
status=0
if grep -riE 'docker|compose|cloudflare|traefik|sops' engine sdk; then
  echo "engine/ and sdk/ name a tool" >&2
  status=1
fi
# Their tests may: they stand in for the host.
if grep -rnE --exclude-dir=tests --exclude-dir=action_tests '#include "(cli|document|host|plugin|report|store|workflow)/' plugins sdk/include; then
  echo "a plugin, or the SDK, includes the engine" >&2
  status=1
fi
if grep -rl 'x-harbor-' engine | grep -v '^engine/plugin/schema_mark\.[ch]pp$'; then
  echo "marks of a schema are spelled beside plugin/schema_mark.cpp, which reads them once" >&2
  status=1
fi
if grep -rnE '#include "\.\./' plugins; then
  echo "a plugin includes another" >&2
  status=1
fi
exit $status
