#include "store/staging.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "store/run_tree.hpp"

namespace harbor::store {
namespace {

Entry folder_entry(unsigned mode) {
  Entry entry;
  entry.mode = S_IFDIR | mode;
  return entry;
}

/// A name in the staging folder that nobody else uses.
std::string new_name() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) {
    static std::uint64_t count = 0;
    number = ++count;
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return digits;
}

/// Creates a file that is complete but for the sync; 0 or errno.
int create(int folder, const std::string& name, const TreeFile& wanted, Entry& entry) {
  const system::FileDescriptor file(
      ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return errno;
  if (const int failed = system::write_at(file.get(), wanted.text, 0)) return failed;
  struct stat status {};
  // The owner first: until then nobody but Harbor can read it, and a change of owner may take bits
  // of the mode away.
  if (wanted.owner && ::fchown(file.get(), *wanted.owner, static_cast<gid_t>(-1)) != 0)
    return errno;
  if (::fchmod(file.get(), wanted.mode & 0777U) != 0 || ::fstat(file.get(), &status) != 0)
    return errno;
  entry = Entry(status);
  return 0;
}

}  // namespace

Staging::Staging(const RunFolder& run, ChangeSet& changes)
    : run_(run), changes_(changes), root_(open_run(run, false)) {
  changes_.run_ = run;
  if (root_.is_open()) staging_ = open_folder(run_, root_.get(), std::string(staging_folder));
}

std::vector<const ChangeSet*> Staging::layers() const {
  std::vector<const ChangeSet*> all;
  for (const ChangeSet* set = &changes_; set; set = set->base_) all.insert(all.begin(), set);
  return all;
}

bool Staging::knows(const ChangeSet& layer, const std::string& path, std::optional<Item>& item) {
  const auto file = layer.files_.find(path);
  if (file != layer.files_.end() && !file->second.staged.empty()) {
    item = Item{file->second.entry, file->second.staged};
    return true;
  }
  if (const auto folder = layer.folders_.find(path); folder != layer.folders_.end()) {
    item = Item{folder_entry(folder->second), {}};
    return true;
  }
  item.reset();
  return file != layer.files_.end() || layer.pruned_.contains(path);
}

std::optional<Staging::Item> Staging::on_disk(const std::string& path, int& error) const {
  if (!root_.is_open()) return std::nullopt;
  const system::FileDescriptor there =
      system::open_beneath(root_.get(), path, O_PATH, 0, run_.walk);
  struct stat status {};
  if (there.is_open() && ::fstat(there.get(), &status) == 0) return Item{Entry(status), {}};
  error = errno == ENOENT ? 0 : errno;
  return std::nullopt;
}

std::optional<Staging::Item> Staging::find(const std::string& path, int& error) const {
  error = 0;
  const auto all = layers();
  const auto at = [&](const std::string& part, bool& is_known) {
    std::optional<Item> item;
    is_known = false;
    for (auto layer = all.rbegin(); !is_known && layer != all.rend(); ++layer)
      is_known = knows(**layer, part, item);
    return item;
  };
  bool is_new = false;
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    bool is_known = false;
    const auto item = at(path.substr(0, slash), is_known);
    if (!is_known) continue;
    if (item && S_ISDIR(item->entry.mode)) {
      is_new = true;
      continue;
    }
    if (item) error = ENOTDIR;
    return std::nullopt;
  }
  bool is_known = false;
  auto item = at(path, is_known);
  if (is_known) return item;
  item = on_disk(path, error);
  // A folder may be about to come where a file or a link still stands.
  if (is_new && (error == ENOTDIR || error == ELOOP)) error = 0;
  return item;
}

std::optional<Staging::Item> Staging::find_itself(const std::string& path, int& error) const {
  const auto item = find(path, error);
  if (error != ELOOP) return item;
  const auto [folder, name] = split_path(path);
  const system::FileDescriptor at = open_folder(run_, root_.get(), folder);
  struct stat status {};
  if (!at.is_open() || ::fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  error = 0;
  return Item{Entry(status), {}};
}

void Staging::overlay(const ChangeSet& layer, const std::string& prefix, Items& into) {
  const auto each = [&](const auto& names, const auto& take) {
    for (auto it = names.lower_bound(prefix); it != names.end(); ++it) {
      const std::string* path = nullptr;
      if constexpr (requires { it->first; })
        path = &it->first;
      else
        path = &*it;
      if (!path->starts_with(prefix)) break;
      take(path->substr(prefix.size()), *it);
    }
  };
  each(layer.pruned_, [&](const std::string& name, const auto&) { into.erase(name); });
  each(layer.files_, [&](const std::string& name, const auto&) { into.erase(name); });
  each(layer.folders_, [&](const std::string& name, const auto& folder) {
    into[name] = Item{folder_entry(folder.second), {}};
  });
  each(layer.files_, [&](const std::string& name, const auto& file) {
    if (!file.second.staged.empty()) into[name] = Item{file.second.entry, file.second.staged};
  });
}

int Staging::list(const std::string& folder, Items& into) const {
  if (root_.is_open()) {
    const system::FileDescriptor there = open_folder(run_, root_.get(), folder);
    Entries entries;
    if (there.is_open()) {
      if (const int failed = list_tree(there.get(), "", entries)) return failed;
    } else if (errno != ENOENT && errno != ENOTDIR) {
      return errno;
    }
    for (const auto& [name, entry] : entries) into.emplace(name, Item{entry, {}});
  }
  for (const ChangeSet* layer : layers()) overlay(*layer, folder + "/", into);
  return 0;
}

std::optional<std::string> Staging::content(const std::string& path, const Item& item) const {
  if (!item.staged.empty()) return content_of(staging_.get(), item.staged, item.entry, run_.walk);
  return content_of(root_.get(), path, item.entry, run_.walk);
}

void Staging::make_staging(const std::string& path) {
  changes_.has_staged_ = true;
  if (staging_.is_open()) return;
  root_ = open_run(run_, true);
  staging_ = system::make_folders_beneath(root_.get(), staging_folder);
  if (!staging_.is_open()) fail_write(run_, path, errno);
}

void Staging::put(const std::string& path, const TreeFile& wanted) {
  make_staging(path);
  ChangeSet::File file{new_name(), {}};
  if (const int failed = create(staging_.get(), file.staged, wanted, file.entry)) {
    ::unlinkat(staging_.get(), file.staged.c_str(), 0);
    fail_write(run_, path, failed);
  }
  auto& at = changes_.files_[path];
  if (!at.staged.empty()) ::unlinkat(staging_.get(), at.staged.c_str(), 0);
  at = std::move(file);
  changes_.folders_.erase(path);
}

void Staging::remove(const std::string& path) {
  auto& at = changes_.files_[path];
  if (!at.staged.empty()) ::unlinkat(staging_.get(), at.staged.c_str(), 0);
  at = {};
}

void Staging::keep_folder(const std::string& path, unsigned mode) {
  changes_.folders_[path] = mode;
  changes_.pruned_.erase(path);
}

void Staging::prune(const std::string& path) {
  changes_.folders_.erase(path);
  changes_.pruned_.insert(path);
}

void Staging::open_way(const std::string& path, unsigned mode) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    int error = 0;
    const auto item = find(folder, error);
    if (!error && item && !S_ISDIR(item->entry.mode)) error = ENOTDIR;
    if (error) fail_write(run_, path, error);
    const unsigned now = item ? item->entry.mode & 0777U : 0700U;
    if (!item || (now | mode) != now) keep_folder(folder, now | mode);
  }
}

}  // namespace harbor::store
