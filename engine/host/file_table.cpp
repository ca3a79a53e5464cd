#include "host/file_table.hpp"

#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include "host/call_state.hpp"
#include "host/part_text.hpp"
#include "report/code_command.hpp"
#include "report/code_process.hpp"
#include "report/code_secret.hpp"
#include "store/new_file.hpp"
#include "store/run_tree.hpp"
#include "system/utf8.hpp"

namespace harbor::host {
namespace {

/// A reference that the vault does not know.
struct UnknownSecret {};

/// What a pack may not do, and how its author can correct it.
struct Refusal {
  std::string_view code;
  const char* message;
  const char* hint;
};

std::optional<uid_t> owner_of(const harbor_output_file& file) {
  if (::geteuid() != 0) return std::nullopt;
  return file.owner;
}

/// Contents of files, with secrets put in; wiped at the end.
class Contents {
 public:
  Contents(const secret::Vault& vault, const harbor_output_file* files, std::size_t count) {
    texts_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (!append_parts(files[i].parts, files[i].part_count, vault, texts_[i])) {
        wipe();
        throw UnknownSecret{};
      }
      files_.push_back({std::string(text_of(files[i].path)), texts_[i],
                        files[i].mode == 0 ? 0600U : files[i].mode & 0777U, owner_of(files[i])});
    }
  }
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;
  ~Contents() { wipe(); }

  [[nodiscard]] const std::vector<store::TreeFile>& files() const { return files_; }

 private:
  void wipe() {
    for (std::string& text : texts_) ::explicit_bzero(text.data(), text.size());
  }

  std::vector<std::string> texts_;
  std::vector<store::TreeFile> files_;
};

store::RunFolder run_folder(const CallSetup& setup) {
  const std::filesystem::path folder(setup.run_dir);
  const std::filesystem::path shown = folder.lexically_relative(setup.workspace);
  const bool is_inside = !shown.empty() && !shown.string().starts_with("..");
  return {folder, is_inside ? shown.string() : folder.string()};
}

harbor_status check_may_write(Call& call, std::uint32_t flags) {
  if (flags & HARBOR_FILES_LOOK) return HARBOR_OK;
  if (call.only_looks())
    return call.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                       "the action writes files while it may only look",
                       "while planning, the pack must pass HARBOR_FILES_LOOK");
  if (call.has_effect(HARBOR_FX_WRITE_WORKSPACE)) return HARBOR_OK;
  return call.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                     "the action writes files without declaring the effect",
                     "the pack must declare HARBOR_FX_WRITE_WORKSPACE for it");
}

/// Runs `work` and turns what it throws into failures of the call. `work` returns whether something
/// changed.
template <class Work>
harbor_status serve(harbor_call* call, std::uint32_t flags, const Work& work) noexcept {
  return guarded(call, [&](Call& self) -> harbor_status {
    if (const auto refused = check_may_write(self, flags)) return refused;
    try {
      return work(self) ? HARBOR_OK : HARBOR_UNCHANGED;
    } catch (const UnknownSecret&) {
      return self.refuse(HARBOR_E_DENIED, report::code::unknown_secret_reference,
                         "a file needs a secret that does not exist",
                         "references are valid in the run that made them");
    } catch (const Refusal& refusal) {
      return self.refuse(HARBOR_E_DENIED, refusal.code, refusal.message, refusal.hint);
    } catch (const report::Error& error) {
      const auto& why = error.diagnostics().front();
      const harbor_status status = why.exit == ExitStatus::denied          ? HARBOR_E_DENIED
                                   : why.code == report::code::file_exists ? HARBOR_E_INPUT
                                                                           : HARBOR_E_IO;
      return self.refuse(status, why.code, why.message, why.hint);
    }
  });
}

harbor_status replace(harbor_call* call, harbor_str folder, const harbor_output_file* files,
                      size_t count, uint32_t flags, harbor_file_change change,
                      void* user) noexcept {
  return serve(call, flags, [&](Call& self) {
    const Contents contents(*self.services.vault, files, count);
    store::OnChange on_change;
    if (change)
      on_change = [&](const std::string& path, store::FileChange what, std::string_view before,
                      std::string_view after) {
        const auto shown = [&](std::string_view text) {
          return system::repair_utf8(self.masker().apply(text));
        };
        const std::string name = shown(path), old = shown(before), now = shown(after);
        change(user, str_of(name), static_cast<std::uint32_t>(what), str_of(old), str_of(now));
      };
    return store::replace_tree(run_folder(self.setup), std::string(text_of(folder)),
                               contents.files(), (flags & HARBOR_FILES_LOOK) != 0, on_change,
                               self.setup.changes);
  });
}

harbor_status write(harbor_call* call, const harbor_output_file* file, uint32_t flags) noexcept {
  return serve(call, flags, [&](Call& self) {
    const Contents contents(*self.services.vault, file, 1);
    return store::write_tree_file(run_folder(self.setup), contents.files().front(),
                                  (flags & HARBOR_FILES_LOOK) != 0, self.setup.changes);
  });
}

/// Where files for the user to keep go, and the prefix of their paths there. Beneath the workspace
/// no link is followed; a folder elsewhere is the user's choice, links included.
struct Destination {
  store::RunFolder root;
  std::string prefix;
};

Destination destination(const CallSetup& setup, std::string_view folder) {
  namespace fs = std::filesystem;
  if (!folder.starts_with('/'))
    return {{fs::canonical(setup.workspace), setup.workspace}, std::string(folder) + "/"};
  // The existing part is the root; missing folders are made like those beneath the workspace.
  fs::path there = fs::weakly_canonical(fs::path(folder).lexically_normal());
  const fs::path wanted = there;
  while (!fs::is_directory(there) && there.has_relative_path()) there = there.parent_path();
  const fs::path below = wanted.lexically_relative(there);
  const bool is_there = below.empty() || below == ".";
  return {{there, there == "/" ? "" : there.string()}, is_there ? "" : below.string() + "/"};
}

/// Throws Refusal.
void check_may_keep(Call& call, std::string_view folder, const harbor_output_file* files,
                    std::size_t count) {
  if (folder.starts_with('/') && !call.has_effect(HARBOR_FX_WRITE_HOST))
    throw Refusal{report::code::undeclared_effect,
                  "the action writes outside of the project without declaring the effect",
                  "the pack must declare HARBOR_FX_WRITE_HOST for it"};
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < files[i].part_count; ++k)
      if (files[i].parts[k].secret.len != 0)
        throw Refusal{report::code::broken_contract,
                      "the action writes a secret into a file outside of the run folder",
                      "secrets stay beneath it: this is a bug in the pack"};
}

harbor_status write_new(harbor_call* call, harbor_str folder, const harbor_output_file* files,
                        size_t count, uint32_t flags) noexcept {
  return serve(call, flags, [&](Call& self) -> bool {
    check_may_keep(self, text_of(folder), files, count);
    const Contents contents(*self.services.vault, files, count);
    const bool look = (flags & HARBOR_FILES_LOOK) != 0;
    const Destination to = destination(self.setup, text_of(folder));
    std::vector<store::TreeFile> placed = contents.files();
    for (store::TreeFile& file : placed) file.path = to.prefix + file.path;
    store::write_new_files(to.root, placed, look);
    return true;
  });
}

harbor_status remove(harbor_call* call, harbor_str path) noexcept {
  return serve(call, 0, [&](Call& self) {
    return store::remove_tree(run_folder(self.setup), std::string(text_of(path)),
                              self.setup.changes);
  });
}

static_assert(HARBOR_FILE_UNCHANGED == static_cast<int>(store::FileChange::unchanged) &&
              HARBOR_FILE_CREATED == static_cast<int>(store::FileChange::created) &&
              HARBOR_FILE_UPDATED == static_cast<int>(store::FileChange::updated) &&
              HARBOR_FILE_DELETED == static_cast<int>(store::FileChange::deleted));

}  // namespace

const harbor_files& file_table() noexcept {
  static constexpr harbor_files table{sizeof(harbor_files), 0, replace, write, remove, write_new};
  return table;
}

}  // namespace harbor::host
