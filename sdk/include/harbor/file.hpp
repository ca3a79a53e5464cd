// harbor/file.hpp - files beneath the run folder, and files for the user to keep, over the host's
// table "harbor.files.v1". Needs HARBOR_FX_WRITE_WORKSPACE; validate, plan and status only compare.
#pragma once

#include <harbor/files.h>
#include <harbor/call.hpp>
#include <harbor/part.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor {

/// A file to be written beneath the run folder: `{.path = "web/app.yml", .parts = {text, secret}}`.
struct OutputFile {
  std::string path;         ///< relative, without ".."
  Parts parts;              ///< joined
  std::uint32_t mode = 0;   ///< permission bits; 0 = 0600
  std::uint32_t owner = 0;  ///< the numeric user it is for, when root runs Harbor; 0: who runs it
};

/// What happens to one file. Texts are masked, and live as long as the call that receives them.
struct FileChange {
  std::string_view path;
  std::uint32_t change = HARBOR_FILE_UNCHANGED;  ///< HARBOR_FILE_*
  std::string_view before, after;
};

namespace detail {

/// Output files in the boundary's form. The texts stay in the files, which must outlive it.
class OutputView {
 public:
  explicit OutputView(const std::vector<OutputFile>& files) {
    parts_.reserve(files.size());
    for (const OutputFile& file : files) {
      parts_.push_back(raw(file.parts));
      raw_.push_back(
          {view(file.path), parts_.back().data(), parts_.back().size(), file.mode, file.owner});
    }
  }
  OutputView(const OutputView&) = delete;
  OutputView& operator=(const OutputView&) = delete;

  const harbor_output_file* get() const noexcept { return raw_.data(); }
  std::size_t size() const noexcept { return raw_.size(); }

 private:
  std::vector<std::vector<harbor_part>> parts_;
  std::vector<harbor_output_file> raw_;
};

inline const harbor_files& files_table(const Call& call) {
  return call.needed<harbor_files>(HARBOR_FILES_ID, "write files for packs");
}

inline std::uint32_t file_flags(const Call& call) noexcept {
  return call.only_looks() ? HARBOR_FILES_LOOK : 0u;
}

}  // namespace detail

/// Makes `folder`, beneath the run folder, hold exactly these files; returns whether anything
/// differs. `on_file` is called for each. Throws HostFailure and what `on_file` throws.
inline bool replace_tree(const Call& call, std::string_view folder,
                         const std::vector<OutputFile>& files,
                         const std::function<void(const FileChange&)>& on_file = {}) {
  struct Guarded {
    const std::function<void(const FileChange&)>& tell;
    std::exception_ptr thrown;
  } guarded{on_file, nullptr};
  const auto trampoline = [](void* user, harbor_str path, std::uint32_t change, harbor_str before,
                             harbor_str after) noexcept {
    auto* self = static_cast<Guarded*>(user);
    detail::guard(self->thrown, [&] {
      self->tell({detail::text(path), change, detail::text(before), detail::text(after)});
    });
  };
  const detail::OutputView view(files);
  const harbor_status status = detail::files_table(call).replace_tree(
      call.raw(), detail::view(folder), view.get(), view.size(), detail::file_flags(call),
      on_file ? +trampoline : nullptr, &guarded);
  if (guarded.thrown) std::rethrow_exception(guarded.thrown);
  detail::check(status, "replace_tree");
  return status != HARBOR_UNCHANGED;
}

/// Writes one file beneath the run folder; returns whether it differs. Throws HostFailure.
inline bool write_file(const Call& call, const OutputFile& file) {
  const std::vector<OutputFile> files{file};
  const detail::OutputView view(files);
  const harbor_status status =
      detail::files_table(call).write(call.raw(), view.get(), detail::file_flags(call));
  detail::check(status, "write_file");
  return status != HARBOR_UNCHANGED;
}

/// Writes new files for the user to keep into `folder`, which the user named: relative to the
/// workspace, or absolute, which needs HARBOR_FX_WRITE_HOST. All or none, and no secrets. Throws
/// HostFailure, with HARBOR_E_INPUT if one of them already exists.
inline void write_new_files(const Call& call, std::string_view folder,
                            const std::vector<OutputFile>& files) {
  const harbor_files& table = detail::files_table(call);
  if (!HARBOR_HAS(&table, harbor_files, write_new))
    throw Error(HARBOR_E_UNSUPPORTED, "sdk.unsupported",
                "this Harbor cannot write files of the user for packs", "install a newer Harbor");
  const detail::OutputView view(files);
  detail::check(table.write_new(call.raw(), detail::view(folder), view.get(), view.size(),
                                detail::file_flags(call)),
                "write_new_files");
}

/// Removes a file or a folder beneath the run folder; returns whether there was one. Throws
/// HostFailure.
inline bool remove_file(const Call& call, std::string_view path) {
  const harbor_status status = detail::files_table(call).remove(call.raw(), detail::view(path));
  detail::check(status, "remove_file");
  return status != HARBOR_UNCHANGED;
}

}  // namespace harbor
