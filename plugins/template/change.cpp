#include "change.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "diff.hpp"

namespace harbor::templating {
namespace {

/// A diff without the old lines: they may hold a secret that is not known any more.
std::string without_old_lines(const std::string& diff) {
  std::string out;
  std::size_t line = 0;
  for (std::size_t at = 0; at < diff.size(); ++line) {
    const auto end = diff.find('\n', at) + 1;
    // The first two lines are the head, of which one starts with '-' as well.
    out += line >= 2 && diff[at] == '-' ? std::string("-******\n") : diff.substr(at, end - at);
    at = end;
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

/// `before` with those of its lines that are in `known` as they are in `shown`: a line that stays
/// is to be masked as the new one is, or it would look like one that goes.
std::string shown_alike(std::string_view before, std::string_view known, std::string_view shown) {
  const auto from = lines_of(known), to = lines_of(shown);
  // Masking does not add lines, and takes some away only with secrets of several lines.
  if (from.size() != to.size()) return std::string(before);
  std::map<std::string_view, std::string_view> replacements;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[i]) replacements.emplace(from[i], to[i]);
  std::string out;
  for (const std::string_view line : lines_of(before)) {
    const auto found = replacements.find(line);
    out += found == replacements.end() ? line : found->second;
  }
  return out;
}

}  // namespace

Change change_of(const FileChange& file, const std::string& path, const std::string& after,
                 bool hides_old) {
  static const std::map<std::uint32_t, const char*> ops = {{HARBOR_FILE_CREATED, "create"},
                                                           {HARBOR_FILE_UPDATED, "update"},
                                                           {HARBOR_FILE_DELETED, "delete"}};
  std::string diff = unified_diff(path, shown_alike(file.before, file.after, after), after);
  const bool is_same = diff.empty() && file.change == HARBOR_FILE_UPDATED;
  if (hides_old) diff = without_old_lines(diff);
  return {.op = ops.at(file.change),
          .target = path,
          .summary = is_same ? "permissions, or what is masked" : "",
          .diff = std::move(diff)};
}

}  // namespace harbor::templating
