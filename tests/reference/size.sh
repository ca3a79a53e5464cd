#!/usr/bin/env bash
# size.sh SOURCE [TREE...]: how long the implementation files are and how much of them is comment, folder by folder.
# Fails for a file of more than 450 lines, a median above 120, and a TREE (all of them when none is named) less than 5 %
# of whose lines say why.
# Tests and benches are not counted. Comment is counted in .cpp alone, since a header is contract.
set -u
cd "$1" || exit 1
shift
find engine sdk/include plugins -type f \( -name '*.cpp' -o -name '*.hpp' \) |
  grep -vE '/(tests|action_tests|bench)/' | sort | xargs awk -v trees="$*" '
  FNR == 1 { if (NR > 1) close_file(); file = FILENAME; folder = file; sub(/\/[^\/]*$/, "", folder); lines = 0 }
  { lines++ }
  /[^ \t]/ && file ~ /\.cpp$/ {
    code[folder]++
    tree = file; sub(/\/.*/, "", tree); code_of_tree[tree]++
    if (/^[ \t]*\/\// || /[;{},)] +\/\/ / || /\/\*.*\*\//) { comment[folder]++; comment_of_tree[tree]++ }
  }
  function close_file() {
    size[++count] = lines; files[folder]++; sum[folder] += lines
    if (lines > 450) { printf "%s has %d lines, more than 450\n", file, lines; failed = 1 }
  }
  END {
    close_file()
    for (folder in files)
      printf "%-32s %3d files %6d lines %5.1f %% comment\n", folder, files[folder], sum[folder],
        code[folder] ? 100 * comment[folder] / code[folder] : 100 | "sort"
    close("sort")
    for (i = 2; i <= count; i++) {
      for (j = i; j > 1 && size[j - 1] > size[j]; j--) { s = size[j]; size[j] = size[j - 1]; size[j - 1] = s }
    }
    median = size[int((count + 1) / 2)]
    printf "%d files, the median has %d lines\n", count, median
    if (median > 120) { print "the median is more than 120"; failed = 1 }
    for (tree in code_of_tree) {
      share = 100 * comment_of_tree[tree] / code_of_tree[tree]
      printf "%s: %.1f %% comment\n", tree, share
      if (share < 5 && (trees == "" || index(" " trees " ", " " tree " "))) { print tree " has less than 5 % of comment"; failed = 1 }
    }
    exit failed
  }'
