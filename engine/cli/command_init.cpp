// init.
#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "report/code_command.hpp"
#include "report/code_store.hpp"
#include "system/file.hpp"

namespace harbor::cli {
namespace fs = std::filesystem;

namespace {

/// The files that are shipped for a first project, relative to their folder.
std::vector<fs::path> shipped_files(const fs::path& from) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (fs::recursive_directory_iterator at(from, ignored), end; at != end; at.increment(ignored))
    if (at->is_regular_file(ignored)) files.push_back(at->path().lexically_relative(from));
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int init(Invocation& call) {
  if (call.arguments.words.size() > 1)
    throw report::Error(report::diagnose(report::code::bad_usage, "init takes one folder"));
  const auto to = call.arguments.words.empty()
                      ? call.context.folder
                      : (call.context.folder / call.arguments.words.front()).lexically_normal();
  const auto from = call.context.share() / "init";
  const auto files = shipped_files(from);
  if (files.empty())
    throw report::Error(report::diagnose(
        report::code::read_failed, "the files of a first project are missing from " + from.string(),
        {}, "Harbor is not installed completely"));
  for (const auto& file : files) {
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(to / file, ignored)))
      throw report::Error(report::diagnose(report::code::file_exists,
                                           (to / file).string() + " is already there", {},
                                           "nothing was written; choose another folder"));
  }
  for (const auto& file : files) {
    const auto text = system::read_file(from / file);
    std::error_code ignored;
    const bool runs =
        (fs::status(from / file, ignored).permissions() & fs::perms::owner_exec) != fs::perms::none;
    fs::create_directories((to / file).parent_path(), ignored);
    system::write_file(to / file, text.value_or(""), runs ? 0755 : 0644);
    *call.context.out << "wrote " << file.string() << '\n';
  }
  *call.context.out << "\nNext: "
                    << (to == call.context.folder
                            ? ""
                            : "cd " + to.lexically_relative(call.context.folder).string() + " && ")
                    << "harbor deploy\n";
  return 0;
}

}  // namespace harbor::cli
