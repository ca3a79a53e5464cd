#!/usr/bin/env bash
# Two folders with one project name: whoever comes first has it, also when both come at once, and `--adopt` takes it over.
. "$(dirname "$0")/lib.sh"
need_engine
new_project
other=$(mktemp -d "${TMPDIR:-/tmp}/harbor-e2e-XXXXXX")/$(basename "$project")
trap 'status=$?; rm -rf "$(dirname "$other")"; docker volume rm "harbor-claim-$name" >/dev/null 2>&1; (exit $status); clean_up' EXIT
cp -a "$project" "$other"

(cd "$other" && exec "$HARBOR" deploy --quiet 2>err.txt) &
second=$!
"$HARBOR" deploy --quiet 2>err.txt
first_status=$?
wait $second
second_status=$?
case "$first_status $second_status" in
"0 1") winner=$project loser=$other ;;
"1 0") winner=$other loser=$project ;;
*) fail "of two that deploy at once one ends with $first_status, the other with $second_status" ;;
esac
contains "the error" "$(cat "$loser/err.txt")" "error[compose.project_taken]"
contains "the error" "$(cat "$loser/err.txt")" "$winner"
same "the folders of the containers" "$(docker ps --all --filter "label=com.docker.compose.project=$name" \
  --format '{{.Label "com.docker.compose.project.working_dir"}}' | sort -u)" "$winner"

cd "$loser" || exit 1
for command in ps logs destroy "down --volumes"; do
  # shellcheck disable=SC2086 # words
  "$HARBOR" $command >out.txt 2>&1 && fail "$command of another folder's project ended with 0"
  contains "$command" "$(cat out.txt)" "compose.project_taken"
done
"$HARBOR" deploy --adopt --quiet || fail "deploy --adopt ended with $?"
same "the folders of the containers" "$(docker ps --all --filter "label=com.docker.compose.project=$name" \
  --format '{{.Label "com.docker.compose.project.working_dir"}}' | sort -u)" "$loser"
"$HARBOR" destroy --quiet || fail "destroy ended with $?"
nothing_left
same "the claims that are left" "$(docker volume ls --quiet --filter "name=harbor-claim-$name")" ""
