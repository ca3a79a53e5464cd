# shellcheck shell=bash
# ./dev lint: formatting, clang-tidy, shellcheck, sizes. Sourced by ./dev.

lint() {
  lock
  need clang-format clang-tidy shellcheck
  compile dev
  local failed=0
  cd "$root"
  lint_format || failed=1
  lint_shell || failed=1
  lint_tidy || failed=1
  lint_size || failed=1
  [ $failed = 0 ] || die "lint found something"
  say "lint found nothing"
}

lint_format() {
  say "clang-format"
  git ls-files -z '*.c' '*.h' '*.cpp' '*.hpp' | xargs -0 clang-format --dry-run -Werror
}

# Whatever starts as a shell script. What is sourced is checked with the script that sources it.
lint_shell() {
  say "shellcheck"
  local files
  mapfile -t files < <(git grep -lIE '^#!.*[/ ](ba)?sh$' -- ':!*.md' ':!*.cgi')
  shellcheck -x "${files[@]}"
}

# Tracked sources that are compiled, and the headers of ours that they include. The compiler is g++, so clang may not
# know each of its flags.
lint_tidy() {
  say "clang-tidy"
  git ls-files '*.cpp' '*.c' | while read -r file; do
    if grep -qF "\"$root/$file\"" build/dev/compile_commands.json; then printf '%s\0' "$file"; fi
  done | xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/dev --quiet \
    --extra-arg=-Wno-unknown-warning-option 2> >(grep -v ' warnings\? generated\.$' >&2)
}

# What is implementation has its own, stricter, rule, which is a test as well.
lint_size() {
  say "sizes"
  local lines file failed=0
  tests/reference/size.sh "$root" || failed=1
  while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || { say "$file has $lines lines, more than 600" && failed=1; }
  done < <(git ls-files '*.c' '*.h' '*.cpp' '*.hpp' '*.sh' dev)
  return $failed
}
