// harbor/testing/file.hpp - the run folder in memory: "harbor.files.v1".
#pragma once

#include <harbor/files.h>
#include <harbor/testing/bench.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace harbor::testing {

/// A file beneath the run folder. Secrets in it are written out.
struct WrittenFile {
  std::string text;
  std::uint32_t mode = 0600;
  bool has_secret = false;
  std::uint32_t owner = 0;

  friend bool operator==(const WrittenFile&, const WrittenFile&) = default;
};

/// The power to write files; nothing is written.
class Files : virtual public Bench {
 public:
  using ByPath = std::map<std::string, WrittenFile>;

  ByPath files;      ///< by their path beneath the run folder; may be set
  ByPath new_files;  ///< those for the user to keep, by FOLDER/PATH as given; may be set

 protected:
  Files() { extend(HARBOR_FILES_ID, &files_table); }

 private:
  static bool is_inner_path(const std::string& path);
  bool may_write(std::uint32_t flags);
  harbor_status read(const std::string& prefix, const harbor_output_file* given, std::size_t count,
                     ByPath& into);
  [[nodiscard]] std::string masked(std::string text) const;
  void tell(const std::string& path, std::uint32_t change, const WrittenFile* before,
            const WrittenFile* after, harbor_file_change to, void* user);
  bool compare(const std::string& prefix, const ByPath& wanted, harbor_file_change change,
               void* user);

  static harbor_status do_replace_tree(harbor_call*, harbor_str, const harbor_output_file*,
                                       std::size_t, std::uint32_t, harbor_file_change,
                                       void*) noexcept;
  static harbor_status do_write(harbor_call*, const harbor_output_file*, std::uint32_t) noexcept;
  static harbor_status do_remove(harbor_call*, harbor_str) noexcept;
  static harbor_status do_write_new(harbor_call*, harbor_str, const harbor_output_file*,
                                    std::size_t, std::uint32_t) noexcept;

  static constexpr harbor_files files_table{
      sizeof(harbor_files), 0, do_replace_tree, do_write, do_remove, do_write_new};
};

/// As files.h has it: parts that are not empty, "." or "..".
inline bool Files::is_inner_path(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) return false;
  const std::string padded = "/" + path + "/";
  return padded.find("//") == std::string::npos && padded.find("/./") == std::string::npos &&
         padded.find("/../") == std::string::npos;
}

inline bool Files::may_write(std::uint32_t flags) {
  if ((flags & HARBOR_FILES_LOOK) != 0) return true;
  if (only_looks()) misused("writes files in validate, plan or status");
  return !only_looks() && declares(HARBOR_FX_WRITE_WORKSPACE, "HARBOR_FX_WRITE_WORKSPACE");
}

inline harbor_status Files::read(const std::string& prefix, const harbor_output_file* given,
                                 std::size_t count, ByPath& into) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = detail::text(given[i].path);
    if (!is_inner_path(path)) return HARBOR_E_DENIED;
    Text text;
    for (std::size_t k = 0; k < given[i].part_count; ++k) {
      if (append(given[i].parts[k], text)) continue;
      misused("an unknown secret is written to " + path);
      return HARBOR_E_DENIED;
    }
    const std::uint32_t mode = given[i].mode == 0 ? 0600 : given[i].mode;
    if (into.emplace(prefix + path, WrittenFile{text.value, mode, text.has_secret, given[i].owner})
            .second)
      continue;
    misused("two files of the name " + path);
    return HARBOR_E_IO;
  }
  return HARBOR_OK;
}

inline std::string Files::masked(std::string text) const {
  for (const auto& [reference, value] : vault_) {
    for (auto at = text.find(value); value.size() >= 4 && at != std::string::npos;
         at = text.find(value, at))
      text.replace(at, value.size(), "******");
  }
  return text;
}

inline void Files::tell(const std::string& path, std::uint32_t change, const WrittenFile* before,
                        const WrittenFile* after, harbor_file_change to, void* user) {
  if (to == nullptr) return;
  const detail::Bytes name(path), old(before ? masked(before->text) : std::string()),
      now(after ? masked(after->text) : std::string());
  to(user, name.view(), change, old.view(), now.view());
}

/// Tells what becomes of every file beneath `prefix`; true when something differs.
inline bool Files::compare(const std::string& prefix, const ByPath& wanted,
                           harbor_file_change change, void* user) {
  ByPath all;
  for (const auto& [path, file] : files)
    if (path.starts_with(prefix)) all.emplace(path, file);
  all.insert(wanted.begin(), wanted.end());
  bool differs = false;
  for (const auto& [path, unused] : all) {
    const auto old = files.find(path);
    const auto now = wanted.find(path);
    const WrittenFile* before = old == files.end() ? nullptr : &old->second;
    const WrittenFile* after = now == wanted.end() ? nullptr : &now->second;
    const bool is_same = before && after && before->text == after->text &&
                         before->mode == after->mode && before->owner == after->owner;
    const std::uint32_t what = !before   ? HARBOR_FILE_CREATED
                               : !after  ? HARBOR_FILE_DELETED
                               : is_same ? HARBOR_FILE_UNCHANGED
                                         : HARBOR_FILE_UPDATED;
    differs |= !is_same;
    tell(path.substr(prefix.size()), what, before, after, change, user);
  }
  return differs;
}

inline harbor_status Files::do_replace_tree(harbor_call* call, harbor_str folder,
                                            const harbor_output_file* given, std::size_t count,
                                            std::uint32_t flags, harbor_file_change change,
                                            void* user) noexcept {
  auto& host = of<Files>(call);
  return host.answer("replace_tree", [&]() -> harbor_status {
    const std::string root = detail::text(folder), prefix = root + "/";
    if (!is_inner_path(root) || !host.may_write(flags)) return HARBOR_E_DENIED;
    ByPath wanted;
    if (const auto refused = host.read(prefix, given, count, wanted)) return refused;
    const bool differs = host.compare(prefix, wanted, change, user);
    if ((flags & HARBOR_FILES_LOOK) == 0) {
      std::erase_if(host.files, [&](const auto& file) { return file.first.starts_with(prefix); });
      host.files.merge(wanted);
    }
    return differs ? HARBOR_OK : HARBOR_UNCHANGED;
  });
}

inline harbor_status Files::do_write(harbor_call* call, const harbor_output_file* given,
                                     std::uint32_t flags) noexcept {
  auto& host = of<Files>(call);
  return host.answer("write", [&]() -> harbor_status {
    if (!host.may_write(flags)) return HARBOR_E_DENIED;
    ByPath wanted;
    if (const auto refused = host.read("", given, 1, wanted)) return refused;
    const auto& [path, file] = *wanted.begin();
    const auto old = host.files.find(path);
    const bool is_same =
        old != host.files.end() && old->second.text == file.text && old->second.mode == file.mode;
    if (is_same) return HARBOR_UNCHANGED;
    if ((flags & HARBOR_FILES_LOOK) == 0) host.files[path] = file;
    return HARBOR_OK;
  });
}

inline harbor_status Files::do_remove(harbor_call* call, harbor_str given) noexcept {
  auto& host = of<Files>(call);
  return host.answer("remove", [&]() -> harbor_status {
    const std::string path = detail::text(given);
    if (!is_inner_path(path) || !host.may_write(0)) return HARBOR_E_DENIED;
    const auto removed = std::erase_if(host.files, [&](const auto& file) {
      return file.first == path || file.first.starts_with(path + "/");
    });
    return removed != 0 ? HARBOR_OK : HARBOR_UNCHANGED;
  });
}

inline harbor_status Files::do_write_new(harbor_call* call, harbor_str folder,
                                         const harbor_output_file* given, std::size_t count,
                                         std::uint32_t flags) noexcept {
  auto& host = of<Files>(call);
  return host.answer("write_new", [&]() -> harbor_status {
    const std::string root = detail::text(folder);
    const bool is_absolute = root.starts_with('/');
    if (!host.may_write(flags)) return HARBOR_E_DENIED;
    if (is_absolute && !host.declares(HARBOR_FX_WRITE_HOST, "HARBOR_FX_WRITE_HOST"))
      return HARBOR_E_DENIED;
    if (!is_absolute && !is_inner_path(root)) return HARBOR_E_DENIED;
    ByPath wanted;
    if (const auto refused = host.read(root + "/", given, count, wanted)) return refused;
    for (const auto& [path, file] : wanted) {
      if (file.has_secret) {
        host.misused("a secret is written to " + path);
        return HARBOR_E_DENIED;
      }
      if (host.new_files.contains(path)) return HARBOR_E_INPUT;
    }
    if ((flags & HARBOR_FILES_LOOK) == 0) host.new_files.merge(wanted);
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
