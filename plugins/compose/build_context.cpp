#include "build_context.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "ignore_file.hpp"
#include "tree.hpp"

namespace harbor::compose {
namespace fs = std::filesystem;

namespace {

constexpr off_t read_whole = off_t{1} << 20;

std::vector<IgnoreRule> rules_for(const Tree& tree, const std::string& dockerfile) {
  // One beside the Dockerfile replaces the common one.
  if (const auto own = tree.read(dockerfile + ".dockerignore")) return parse_ignore_file(*own);
  return parse_ignore_file(tree.read(".dockerignore").value_or(""));
}

/// Walks a context and collects a line for each file.
class Walk {
 public:
  Walk(fs::path root, std::vector<IgnoreRule> rules, fs::path left_out, const Sum& sum)
      : root_(std::move(root)),
        rules_(std::move(rules)),
        left_out_(std::move(left_out)),
        sum_(sum),
        tree_(tree_at(root_)) {}

  void folder(const std::string& below) {
    std::error_code error;
    for (fs::directory_iterator at(root_ / below, error), end; !error && at != end;
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      entry(below.empty() ? name : below + "/" + name);
    }
  }

  void entry(const std::string& path) {
    const fs::path full = root_ / path;
    struct stat info {};
    if (full == left_out_ || path == ".git" || ::lstat(full.c_str(), &info) != 0) return;
    const bool ignored = is_ignored(rules_, path);
    if (S_ISDIR(info.st_mode)) {
      if (!ignored || has_exceptions(rules_)) folder(path);
      if (!ignored) lines_.push_back(path + "/");
      return;
    }
    if (!ignored) lines_.push_back(path + '\0' + what_is(path, full, info));
  }

  std::string digest() {
    // The file system decides the order of a folder's entries.
    std::sort(lines_.begin(), lines_.end());
    lines_.erase(std::unique(lines_.begin(), lines_.end()), lines_.end());
    std::string all;
    for (const std::string& line : lines_) all += line + '\n';
    return sum_(all);
  }

 private:
  std::string what_is(const std::string& path, const fs::path& full, const struct stat& info) {
    std::error_code ignored;
    if (S_ISLNK(info.st_mode)) return "-> " + fs::read_symlink(full, ignored).string();
    if (!S_ISREG(info.st_mode)) return "special";
    const std::string mode = (info.st_mode & 0111U) != 0 ? "x " : "- ";
    if (info.st_size > read_whole)
      return mode + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
             std::to_string(info.st_mtim.tv_nsec);
    return mode + sum_(tree_.read(path).value_or(""));
  }

  fs::path root_;
  std::vector<IgnoreRule> rules_;
  fs::path left_out_;
  const Sum& sum_;
  Tree tree_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string context_digest(const fs::path& folder, const std::string& dockerfile,
                           const std::vector<std::string>& wanted, const fs::path& workspace,
                           const Sum& sum) {
  Walk walk(folder, rules_for(tree_at(folder), dockerfile), workspace / "var", sum);
  for (const std::string& path : wanted) {
    if (path == ".")
      walk.folder("");
    else
      walk.entry(path);
  }
  return walk.digest();
}

}  // namespace harbor::compose
