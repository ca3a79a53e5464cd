#include "change.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

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

}  // namespace

Change change_of(const FileChange& file, const std::string& path, bool hides_old) {
  static const std::map<std::uint32_t, const char*> ops = {{HARBOR_FILE_CREATED, "create"},
                                                           {HARBOR_FILE_UPDATED, "update"},
                                                           {HARBOR_FILE_DELETED, "delete"}};
  std::string diff = unified_diff(path, file.before, file.after);
  const bool is_same = diff.empty() && file.change == HARBOR_FILE_UPDATED;
  if (hides_old) diff = without_old_lines(diff);
  return {.op = ops.at(file.change),
          .target = path,
          .summary = is_same ? "permissions, or what is masked" : "",
          .diff = std::move(diff)};
}

}  // namespace harbor::templating
