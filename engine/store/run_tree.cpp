#include "store/run_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <vector>

#include "report/code_store.hpp"
#include "report/verdict.hpp"
#include "store/staging.hpp"

namespace harbor::store {
namespace {

using Item = Staging::Item;

bool is_folder(const Item& item) { return S_ISDIR(item.entry.mode); }

/// Whether it is for the same people.
bool is_for(const Item& item, const TreeFile& file) {
  return item.entry.mode == (S_IFREG | (file.mode & 0777U)) &&
         (!file.owner || item.entry.owner == *file.owner);
}

/// Who another user's file is for has to get to it.
unsigned way_mode(const TreeFile& file) {
  return folder_mode(file.owner.value_or(::geteuid()) == ::geteuid() ? file.mode : 0644U);
}

/// No path twice, and none that is a folder of another.
void check_files(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files) {
  std::vector<std::string> paths;
  for (const TreeFile& file : files) {
    require_inner(run, file.path);
    require_inner(run, folder + "/" + file.path);
    paths.push_back(file.path + "/");  // so that what is in a folder stands right after it
  }
  std::sort(paths.begin(), paths.end());
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (!paths[i].starts_with(paths[i - 1])) continue;
    paths[i - 1].pop_back();
    throw report::Error{report::diagnose(
        report::code::write_failed,
        "two files want to be '" + run.shown + "/" + folder + "/" + paths[i - 1] + "'", {},
        "give one of them another name")};
  }
}

/// One replacement of a tree.
class Replacement {
 public:
  Replacement(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
              ChangeSet& changes)
      : run_(run), folder_(folder), staging_(run, changes) {
    for (const TreeFile& file : files) {
      wanted_.emplace(file.path, &file);
      const unsigned mode = way_mode(file);
      mode_ |= mode;
      for (auto slash = file.path.find('/'); slash != std::string::npos;
           slash = file.path.find('/', slash + 1))
        folders_[file.path.substr(0, slash)] |= mode;
    }
    int error = 0;
    root_ = staging_.find(folder, error);
    if (!error && root_ && !is_folder(*root_)) error = ENOTDIR;
    if (!error) error = staging_.list(folder, old_);
    if (error) fail_read(run, folder, error);
  }

  /// Finds out what differs. Old and new files are met in the order of their paths.
  bool compare(const OnChange& on_change) {
    auto old = old_.begin();
    auto file = wanted_.begin();
    while (old != old_.end() || file != wanted_.end()) {
      if (old != old_.end() && is_folder(old->second)) {
        ++old;
      } else if (old == old_.end() || (file != wanted_.end() && file->first < old->first)) {
        tell(on_change, file->first, FileChange::created, {}, file->second->text);
        changed_.push_back((file++)->second);
      } else if (file == wanted_.end() || old->first < file->first) {
        const auto before = on_change ? content(*old) : std::nullopt;
        tell(on_change, old->first, FileChange::deleted, before.value_or(""), {});
        gone_.push_back((old++)->first);
      } else {
        compare_file(*old++, *(file++)->second, on_change);
      }
    }
    return !changed_.empty() || !gone_.empty();
  }

  /// Folders are brought into order also where no file differs: that is no change to tell of.
  void stage() {
    if (changed_.empty() && gone_.empty() && !root_) return;
    staging_.open_way(folder_, mode_);
    if (!root_ || (root_->entry.mode & 0777U) != mode_) staging_.keep_folder(folder_, mode_);
    for (const auto& name : gone_) staging_.remove(inner(name));
    for (const auto& [name, item] : old_)
      if (is_folder(item) && !folders_.contains(name)) staging_.prune(inner(name));
    for (const auto& [name, mode] : folders_) {
      const auto old = old_.find(name);
      const bool is_same = old != old_.end() && old->second.entry.mode == (S_IFDIR | mode);
      if (!is_same) staging_.keep_folder(inner(name), mode);
    }
    for (const TreeFile* file : changed_) staging_.put(inner(file->path), *file);
  }

 private:
  [[nodiscard]] std::string inner(const std::string& name) const { return folder_ + "/" + name; }

  [[nodiscard]] std::optional<std::string> content(const Staging::Items::value_type& old) const {
    return staging_.content(inner(old.first), old.second);
  }

  static void tell(const OnChange& on_change, const std::string& path, FileChange change,
                   std::string_view before, std::string_view after) {
    if (on_change) on_change(path, change, before, after);
  }

  void compare_file(const Staging::Items::value_type& old, const TreeFile& file,
                    const OnChange& on_change) {
    const bool may_be_same = is_for(old.second, file) &&
                             static_cast<std::size_t>(old.second.entry.size) == file.text.size();
    const auto before = on_change || may_be_same ? content(old) : std::nullopt;
    const bool is_same = may_be_same && before == file.text;
    if (!is_same) changed_.push_back(&file);
    tell(on_change, file.path, is_same ? FileChange::unchanged : FileChange::updated,
         before.value_or(""), file.text);
  }

  const RunFolder& run_;
  const std::string& folder_;
  Staging staging_;
  std::optional<Item> root_;
  Staging::Items old_;
  std::map<std::string, const TreeFile*> wanted_;
  std::map<std::string, unsigned> folders_;  ///< within the tree, and their mode
  unsigned mode_ = 0700;                     ///< of the tree itself
  std::vector<const TreeFile*> changed_;
  std::vector<std::string> gone_;
};

/// Adds what `work` stages to `changes`, nothing of it when it throws; or commits it at once.
template <class Work>
bool in_set(ChangeSet* changes, const Work& work) {
  const std::lock_guard guard(writing());
  ChangeSet own(changes);
  const bool differs = work(own);
  if (changes)
    changes->append(own);
  else if (auto problems = own.commit(); report::has_errors(problems))
    throw report::Error{std::move(problems)};
  return differs;
}

}  // namespace

bool replace_tree(const RunFolder& run, const std::string& folder, std::span<const TreeFile> files,
                  bool look, const OnChange& on_change, ChangeSet* changes) {
  require_inner(run, folder);
  check_files(run, folder, files);
  return in_set(changes, [&](ChangeSet& set) {
    Replacement replacement(run, folder, files, set);
    const bool differs = replacement.compare(on_change);
    if (!look) replacement.stage();
    return differs;
  });
}

bool write_tree_file(const RunFolder& run, const TreeFile& file, bool look, ChangeSet* changes) {
  require_inner(run, file.path);
  return in_set(changes, [&](ChangeSet& set) {
    Staging staging(run, set);
    int error = 0;
    const auto old = staging.find(file.path, error);
    if (!error && old && is_folder(*old)) error = EISDIR;
    if (error) fail_write(run, file.path, error);
    if (old && is_for(*old, file) && staging.content(file.path, *old) == file.text) return false;
    if (look) return true;
    staging.open_way(file.path, way_mode(file));
    staging.put(file.path, file);
    return true;
  });
}

bool remove_tree(const RunFolder& run, const std::string& path, ChangeSet* changes) {
  require_inner(run, path);
  return in_set(changes, [&](ChangeSet& set) {
    Staging staging(run, set);
    int error = 0;
    const auto old = staging.find_itself(path, error);
    if (error) fail_write(run, path, error);
    if (!old) return false;
    if (!is_folder(*old)) {
      staging.remove(path);
      return true;
    }
    Staging::Items items;
    if (const int failed = staging.list(path, items)) fail_read(run, path, failed);
    for (const auto& [name, item] : items)
      is_folder(item) ? staging.prune(path + "/" + name) : staging.remove(path + "/" + name);
    staging.prune(path);
    return true;
  });
}

}  // namespace harbor::store
