#!/usr/bin/env bash
# layers.sh SOURCE: every #include that stays within the project goes where layers.txt beside this script lets it go.
# layers.sh --self-test: the same of small trees, each of which breaks one rule.
#
# Told with file and line: an #include that the table does not allow, one that leads nowhere, a folder that the table
# does not know. Of the table: a cycle, a line that nothing uses, and a room of the engine whose line is not what its
# CMakeLists.txt says in USES.
set -u

check() {
  cd "$1" || exit 1
  local folders=()
  for folder in engine sdk plugins tests; do [ -d "$folder" ] && folders+=("$folder"); done
  {
    sed 's/^/table /' "$2"
    find "${folders[@]}" -type f \( -name '*.[ch]' -o -name '*.[ch]pp' -o -name '*.[ch]pp.in' \) | sort | sed 's/^/file /'
    for room in engine/*/CMakeLists.txt; do
      [ -e "$room" ] || continue
      echo "uses $room $(sed 's/#.*//' "$room" | tr '\n' ' ' | sed -nE 's/.* USES ([a-z_ ]*).*/\1/p')"
    done
    grep -rnE --include='*.[ch]' --include='*.[ch]pp' '^[[:space:]]*#[[:space:]]*include[[:space:]]*("|<harbor/)' \
      "${folders[@]}" | sort -t: -k1,1 -k2,2n | sed 's/^/include /'
  } | awk "$program"
}

# shellcheck disable=SC2016
program='
function fail(text) { print text; failed = 1 }

# The row of the table that a file belongs to: its own, else that of its folder.
function row_of(file) { return file in allowed ? file : folder_of(file) }
function folder_of(file) { sub(/\/[^\/]*$/, "", file); return file }
function top_of(file) { sub(/\/.*/, "", file); return file }
function is_below(folder, path) { return index(path "/", folder "/") == 1 }
function is_file(path) {
  while (sub(/[^\/]+\/\.\.\//, "", path)) {}
  return path in files ? path : (path ".in") in files ? path ".in" : ""
}

# A row X/* stands for all rows beneath X.
function matches(pattern, row) {
  if (pattern == row) return 1
  return sub(/\/\*$/, "", pattern) && is_below(pattern, row)
}

# Looks for NAME in FOLDER and in those around it.
function around(folder, name,   found) {
  for (;;) {
    found = is_file(folder "/" name)
    if (found != "" || folder !~ /\//) return found
    folder = folder_of(folder)
  }
}

# The file that an #include means: one beside it or around it, else one that its row allows, else any that ends
# so, of the same tree if there is one.
function resolve(file, name, angled,   found, i, list, n) {
  if (angled) return is_file("sdk/include/" name)
  if ((found = around(folder_of(file), name)) != "") return found
  n = split(allowed[row_of(file)], list, " ")
  for (i = 1; i <= n; i++) if ((found = around(list[i], name)) != "") return found
  if ((found = is_file("engine/" name)) != "") return found
  for (i = 1; i <= file_count; i++)
    if (substr(file_list[i], length(file_list[i]) - length(name)) == "/" name) {
      if (found == "" || is_below(top_of(file), file_list[i])) found = file_list[i]
    }
  return found
}

# Depth first; MARK is 1 while a row is on the path.
function visit(row, path,   i, j, list, n) {
  if (mark[row] == 2) return
  if (mark[row] == 1) { fail("layers.txt: a cycle:" path " " row); return }
  mark[row] = 1
  n = split(allowed[row], list, " ")
  for (i = 1; i <= n; i++)
    for (j = 1; j <= row_count; j++)
      if (rows[j] != row && matches(list[i], rows[j])) visit(rows[j], path " " row " ->")
  mark[row] = 2
}

$1 == "table" && NF > 1 && $2 !~ /^#/ {
  row = $2
  if (sub(/:$/, "", row)) {
    if (row in allowed) fail("layers.txt: two rows for " row)
    allowed[row] = ""
    rows[++row_count] = row
  } else row = rows[row_count]
  for (i = ($2 ~ /:$/ ? 3 : 2); i <= NF && $i !~ /^#/; i++) allowed[row] = allowed[row] $i " "
}
$1 == "file" { files[$2] = 1; file_list[++file_count] = $2 }
$1 == "uses" {
  room = folder_of($2)
  n = split(allowed[room], list, " "); wanted = " "
  for (i = 1; i <= n; i++) if (list[i] ~ /^engine\/[^.]*$/) wanted = wanted substr(list[i], 8) " "
  used = " "
  for (i = 3; i <= NF; i++) {
    used = used $i " "
    if (!index(wanted, " " $i " ")) fail($2 ": USES " $i ", which layers.txt does not allow")
  }
  n = split(wanted, list, " ")
  for (i = 1; i <= n; i++) if (!index(used, " " list[i] " ")) fail($2 ": layers.txt allows " list[i] ", which is not in USES")
}
$1 == "include" {
  place = $0; sub(/^include /, "", place)
  file = place; sub(/:.*/, "", file)
  line = substr(place, length(file) + 2); sub(/:.*/, "", line)
  name = place; sub(/^[^"<]*["<]/, "", name); sub(/[">].*/, "", name)
  place = file ":" line ": "
  from = row_of(file)
  if (!(from in allowed)) { if (!told[from]++) fail(place "layers.txt has no row for " from); next }
  target = resolve(file, name, $0 ~ /include[[:space:]]*</)
  if (target == "") { fail(place "there is no " name " in the project"); next }
  to = row_of(target)
  if (to == from) next
  n = split(allowed[from], list, " "); fine = 0
  for (i = 1; i <= n; i++) if (matches(list[i], to)) { fine = 1; needed[from, list[i]] = 1 }
  if (!fine) fail(place from " may not include " to " (" name ")")
}
END {
  for (i = 1; i <= file_count; i++) {
    folder = folder_of(file_list[i])
    has_source[row_of(file_list[i])] = 1
    if (!(row_of(file_list[i]) in allowed) && !told[folder]++) fail(folder ": layers.txt has no row for it")
  }
  for (i = 1; i <= row_count; i++) {
    row = rows[i]
    if (!has_source[row]) fail("layers.txt: there is no source in " row)
    n = split(allowed[row], list, " ")
    for (j = 1; j <= n; j++) if (!needed[row, list[j]]) fail("layers.txt: nothing in " row " includes " list[j])
    visit(row, "")
  }
  exit failed
}'

# plant WHAT EXPECTED: the tree of the self-test with one more thing, made by the shell in WHAT, is refused with EXPECTED.
plant() {
  rm -rf "$temp/tree"
  mkdir -p "$temp/tree"/{engine/{low,high},sdk/include/harbor,plugins/{one,two/inner},tests/unit}
  (
    cd "$temp/tree" || exit 1
    echo 'int low;' >engine/low/low.hpp
    echo '#include "low/low.hpp"' >engine/high/high.cpp
    echo 'harbor_room(low SOURCES low.cpp)' >engine/low/CMakeLists.txt
    printf 'harbor_room(high\n  SOURCES high.cpp\n  USES low\n  LINK other)\n' >engine/high/CMakeLists.txt
    echo 'int pack;' >sdk/include/harbor/plugin.h
    echo '#include <harbor/plugin.h>' >plugins/one/one.hpp
    echo '#include "inner/noun.hpp"' >plugins/two/two.cpp
    echo 'int noun;' >plugins/two/inner/noun.hpp
    echo '#include "low/low.hpp"' >tests/unit/low_test.cpp
    cat >layers.txt <<'TABLE'
engine/low:
engine/high: engine/low
sdk/include/harbor:
plugins/one: sdk/include/harbor
plugins/two:
  plugins/two/inner   # in a line of its own
plugins/two/inner:
tests/unit: engine/*
TABLE
    eval "$1"
  )
  local said status=0
  said=$(check "$temp/tree" layers.txt) || status=$?
  if [ -z "$2" ]; then
    [ "$status" = 0 ] && return
  else
    [ "$status" != 0 ] && [ "$said" = "$2" ] && return
  fi
  printf 'after: %s\nexpected: %s\nprinted: %s\n' "$1" "${2:-nothing}" "$said"
  failed=1
}

# shellcheck disable=SC2016
self_test() {
  temp=$(mktemp -d)
  trap 'rm -rf "$temp"' EXIT
  failed=0
  plant : ''
  plant 'printf "\n#include \"high/high.hpp\"\n" >>engine/low/low.hpp; : >engine/high/high.hpp' \
    'engine/low/low.hpp:3: engine/low may not include engine/high (high/high.hpp)'
  plant 'echo "#include \"one.hpp\"" >plugins/two/three.cpp' \
    'plugins/two/three.cpp:1: plugins/two may not include plugins/one (one.hpp)'
  plant 'echo "#  include \"low/low.hpp\"" >>plugins/one/one.hpp' \
    'plugins/one/one.hpp:2: plugins/one may not include engine/low (low/low.hpp)'
  plant 'echo "#include \"two.hpp\"" >plugins/two/inner/noun.hpp; : >plugins/two/two.hpp' \
    'plugins/two/inner/noun.hpp:1: plugins/two/inner may not include plugins/two (two.hpp)'
  plant 'echo "#include <harbor/plugin.h>" >engine/low/pack.cpp' \
    'engine/low/pack.cpp:1: engine/low may not include sdk/include/harbor (harbor/plugin.h)'
  plant 'echo "#include \"low/lost.hpp\"" >engine/low/low.cpp' \
    'engine/low/low.cpp:1: there is no low/lost.hpp in the project'
  plant 'mkdir engine/attic; : >engine/attic/old.cpp' 'engine/attic: layers.txt has no row for it'
  plant 'rm sdk/include/harbor/plugin.h; : >sdk/include/harbor/pack.h; : >plugins/one/one.hpp' \
    'layers.txt: nothing in plugins/one includes sdk/include/harbor'
  plant 'sed -i "s/USES low/USES/" engine/high/CMakeLists.txt' \
    'engine/high/CMakeLists.txt: layers.txt allows low, which is not in USES'
  plant 'sed -i "s/low.cpp)/low.cpp USES high)/" engine/low/CMakeLists.txt' \
    'engine/low/CMakeLists.txt: USES high, which layers.txt does not allow'
  plant 'sed -i "s|^plugins/two/inner:|& plugins/two|" layers.txt
    : >plugins/two/two.hpp; echo "#include \"two.hpp\"" >plugins/two/inner/noun.hpp' \
    'layers.txt: a cycle: plugins/two -> plugins/two/inner -> plugins/two'
  exit "$failed"
}

case $1 in
  --self-test) self_test ;;
  *) check "$1" "$(cd "$(dirname "$0")" && pwd)/layers.txt" ;;
esac
