#!/usr/bin/env bash
# codes.sh HARBOR: fails for a code of the engine that neither a case here provokes nor elsewhere.txt names.
set -u
harbor=$1
here=$(cd "$(dirname "$0")" && pwd)
failed=0

# The codes that the cases show.
shown=$(sed -n '/^--- codes$/,/^--- /{/^--- /!p}' "$here"/*/*.txt | sort -u)
has() { grep -qx -- "$1" <<<"$shown"; }

while read -r code file; do
  case $code in '' | '#'*) continue ;; esac
  grep -q "$code" "$here/../../$file" || { echo "elsewhere.txt: $file does not contain $code"; failed=1; }
  has "$code" && { echo "elsewhere.txt: a case provokes $code now"; failed=1; }
done <"$here/elsewhere.txt"

all=$(for prefix in H0 sdk.; do "$harbor" __complete -- explain "$prefix" | cut -f1; done)
[ -n "$all" ] || { echo "the table of codes is empty"; exit 1; }
for code in $all; do
  has "$code" || grep -q "^$code " "$here/elsewhere.txt" ||
    { echo "no case for $code: $("$harbor" explain "$code" | head -1)"; failed=1; }
done
while read -r code; do
  case $code in H0* | sdk.*) echo "$all" | grep -qx "$code" || { echo "there is no code $code"; failed=1; } ;; esac
done <<<"$shown"
exit "$failed"
