#include "host/file_table.hpp"

#include <string.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <vector>

#include "host/call_state.hpp"
#include "host/part_text.hpp"
#include "report/code_process.hpp"
#include "report/code_secret.hpp"
#include "store/run_tree.hpp"
#include "system/utf8.hpp"

namespace harbor::host {
namespace {

/// A reference that the vault does not know.
struct UnknownSecret {};

/// What files are to hold, secrets put in; wiped at the end.
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
                        files[i].mode == 0 ? 0600U : files[i].mode & 0777U});
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
                       "while planning a pack passes HARBOR_FILES_LOOK");
  if (call.has_effect(HARBOR_FX_WRITE_WORKSPACE)) return HARBOR_OK;
  return call.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                     "the action writes files without declaring the effect",
                     "a pack declares HARBOR_FX_WRITE_WORKSPACE for it");
}

/// Does it, and turns what it throws into failures of the call. `work` says whether something
/// differed.
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
    } catch (const report::Error& error) {
      const auto& why = error.diagnostics().front();
      const bool is_denied = why.exit == ExitStatus::denied;
      return self.refuse(is_denied ? HARBOR_E_DENIED : HARBOR_E_IO, why.code, why.message,
                         why.hint);
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
  static constexpr harbor_files table{sizeof(harbor_files), 0, replace, write, remove};
  return table;
}

}  // namespace harbor::host
