#!/usr/bin/env bash
# A destroy on a disk that is full, or read-only: what runs is ended, and what could not be recorded or removed is said.
# With a fake `docker`.
# shellcheck source=tests/fault/lib.sh
. "$(dirname "$0")/lib.sh"
deploy_project
disk=$project/disk
mkdir "$disk"
mount -t tmpfs -o size=4m,mode=755 tmpfs "$disk" 2>/dev/null || skip "this user cannot mount a file system"
trap 'cd /; umount "$disk"; rm -rf "$project"' EXIT
cp -a "$project/p/." "$disk" && cd "$disk" || exit 1

point="a disk that is read-only"
ends 0 deploy
[ -e "$fake/runs" ] || fail "nothing was deployed"
mount -o remount,ro "$disk"
status=0
"$HARBOR" destroy >"$project/out" 2>&1 || status=$?
same "the status of a destroy on $point, which says $(cat "$project/out")" $status 74
[ ! -e "$fake/runs" ] || fail "after a destroy on $point the service still runs"
contains "destroy on $point" "$(cat "$project/out")" "Read-only file system"
# Nobody deploys meanwhile, and without a disk nobody deploys at all.
"$HARBOR" deploy >"$project/out" 2>&1 && fail "a deploy on $point ended with 0"
mount -o remount,rw "$disk"
[ -e var/state/state.json ] || fail "the state is gone, and it tells of files that are still there"
ends 0 destroy
[ ! -e var/run ] || fail "after a destroy there is $(find var/run)"

point="a disk that is full"
ends 0 deploy
dd if=/dev/zero of=fill bs=4k >/dev/null 2>&1
status=0
"$HARBOR" destroy >"$project/out" 2>&1 || status=$?
same "the status of a destroy on $point, which says $(cat "$project/out")" $status 74
[ ! -e "$fake/runs" ] || fail "after a destroy on $point the service still runs"
[ ! -e var/run ] || fail "after a destroy on $point there is $(find var/run)"
contains "destroy on $point" "$(cat "$project/out")" "No space left on device"
rm fill
ends 0 destroy
