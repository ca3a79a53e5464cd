#!/usr/bin/env bash
# boundary.sh SOURCE: a pack acts through the host. It reads no variable of the environment, starts no process and writes
# no file itself: what does is not masked, not cancelled, not shown in a plan and not undone.
set -u
cd "$1" || exit 1
forbidden=(
  '\b(secure_)?getenv\b|\benviron\b|\b(set|put|unset)env\b'
  '\b(popen|posix_spawnp?|fork|vfork|clone3?)\s*\(|(::|\b)system\s*\(|\bexec(l|lp|le|v|vp|ve|vpe)\s*\('
  '\bofstream\b|\bfstream\s+\w+\s*[({]|\bfopen\b|\bmkstemp\b|\bmkdtemp\b|\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b'
  '\b(create_director(y|ies)|create_symlink|create_hard_link|copy_file|remove_all|resize_file)\s*\('
  'fs::(rename|remove|copy|permissions)\s*\(|filesystem::(rename|remove|copy|permissions)\s*\(|::(unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|symlink|link|linkat|truncate|ftruncate|chmod|fchmod)\s*\('
)
# FILE: why it may. Empty is the aim.
allowed=()
status=0
for pattern in "${forbidden[@]}"; do
  while IFS= read -r line; do
    for file in "${allowed[@]}"; do
      [ "${line%%:*}" != "$file" ] || continue 2
    done
    echo "$line" >&2
    status=1
  done < <(grep -rnP --include='*.cpp' --include='*.hpp' --exclude-dir=tests --exclude-dir=action_tests --exclude-dir=bench "$pattern" plugins |
    grep -vP '^[^:]+:[0-9]+:\s*(//|\*)')
done
[ $status = 0 ] || echo "a pack does itself what it asks the host for: see sdk/include/harbor" >&2
exit $status
