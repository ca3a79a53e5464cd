#include "cli/path_program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <set>
#include <sstream>

#include "cli/command.hpp"
#include "cli/face.hpp"
#include "process/footing.hpp"
#include "report/code_process.hpp"
#include "version.hpp"
#include "workflow/project.hpp"

namespace harbor::cli {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "harbor-";

/// Why a folder is not searched; empty when it is.
std::string unsafe_reason(const std::string& folder) {
  if (folder.empty() || folder.front() != '/') return "it is not absolute";
  for (fs::path at = folder;; at = at.parent_path()) {
    struct stat info {};
    if (::stat(at.c_str(), &info) != 0) return "it does not exist";
    if (info.st_uid != 0 && info.st_uid != ::geteuid())
      return at.string() + " belongs to another user";
    const bool shared = (info.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    const bool sticky_parent = at != fs::path(folder) && (info.st_mode & S_ISVTX) != 0;
    if (shared && !sticky_parent) return at.string() + " is writable by others";
    if (at == at.parent_path()) return {};
  }
}

bool is_safe_program(const fs::path& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         (info.st_uid == 0 || info.st_uid == ::geteuid()) &&
         (info.st_mode & (S_IWGRP | S_IWOTH)) == 0 && ::access(file.c_str(), X_OK) == 0;
}

std::vector<std::string> folders(const Context& context) {
  std::vector<std::string> out;
  std::istringstream path(context.variable("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) out.push_back(folder);
  return out;
}

std::string file_name(const std::vector<std::string>& words, std::size_t count) {
  std::string name(prefix.substr(0, prefix.size() - 1));
  for (std::size_t i = 0; i < count; ++i) {
    name += '-';
    for (const char c : words[i]) name += c == '-' ? '_' : c;
  }
  return name;
}

bool is_plain_word(const std::string& word) {
  return !word.empty() && word.front() != '-' && word.find('/') == std::string::npos &&
         word != "." && word != "..";
}

}  // namespace

PathListing list_path_programs(const Invocation& call) {
  PathListing out;
  std::set<std::string> seen;
  for (const auto& folder : folders(call.context)) {
    std::vector<fs::path> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored))
      if (entry.path().filename().string().starts_with(prefix)) files.push_back(entry.path());
    if (files.empty()) continue;
    if (const auto reason = unsafe_reason(folder); !reason.empty()) {
      out.skipped.push_back({folder, reason});
      continue;
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      PathProgram program{file.filename().string().substr(prefix.size()), file, ""};
      std::replace(program.command.begin(), program.command.end(), '-', ' ');
      std::replace(program.command.begin(), program.command.end(), '_', '-');
      if (!is_safe_program(file))
        program.problem = "not executable, or writable by others";
      else if (find_command(program.command))
        program.problem = "shadowed by Harbor's own command";
      else if (call.packs && find_face(*call.packs, {program.command}))
        program.problem = "shadowed by an action";
      else if (!seen.insert(program.command).second)
        program.problem = "shadowed by an earlier folder of PATH";
      out.programs.push_back(std::move(program));
    }
  }
  return out;
}

std::optional<PathMatch> find_path_program(const Invocation& call,
                                           const std::vector<std::string>& words) {
  std::size_t usable = 0;
  while (usable < words.size() && is_plain_word(words[usable])) ++usable;
  for (auto count = usable; count > 0; --count)
    for (const auto& folder : folders(call.context)) {
      const auto file = fs::path(folder) / file_name(words, count);
      if (is_safe_program(file) && unsafe_reason(folder).empty()) return PathMatch{file, count};
    }
  return std::nullopt;
}

int run_path_program(const Invocation& call, const PathMatch& match,
                     const std::vector<std::string>& words) {
  auto environment = call.context.environment;
  if (call.project) {
    environment["HARBOR_PROJECT"] = call.project->folder.string();
    environment["HARBOR_DESCRIPTOR"] = call.project->descriptor.string();
  }
  environment["HARBOR"] = call.context.executable.string();
  environment["HARBOR_VERSION"] = version_text;
  for (const char* name : {"profile", "site"})
    if (call.arguments.has(name))
      environment[name == std::string_view("site") ? "HARBOR_SITE" : "HARBOR_PROFILE"] =
          call.arguments.value(name);

  std::vector<std::string> arguments = {match.file.string()};
  arguments.insert(arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(match.words),
                   words.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
  };
  call.context.out->flush();
  process::leave_footing();
  ::execve(match.file.c_str(), pointers(arguments).data(), pointers(variables).data());
  throw report::Error(
      report::diagnose(report::code::program_not_started,
                       match.file.string() + " could not be started: " + std::strerror(errno)));
}

}  // namespace harbor::cli
