#include "source.hpp"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <harbor/error.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "project_file.hpp"

namespace harbor::templating {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_template = std::size_t{4} << 20;
constexpr std::size_t deepest = 64;
constexpr std::string_view service_mark = "${service}";

[[noreturn]] void fail_outside(std::string message, std::string hint) {
  throw Error(HARBOR_E_INPUT, "template.outside", std::move(message), std::move(hint));
}

/// The parts of a relative path. Nothing when it is absolute, climbs, or has an empty part.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  // A NUL would end the path for the kernel but not for the checks below.
  if (path.find('\0') != std::string_view::npos) return parts;
  for (;;) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return {};
    parts.emplace_back(part);
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

bool is_wild(const std::string& part) { return part.find_first_of("*?[") != std::string::npos; }

[[noreturn]] void fail_to_read(const std::string& file, int error) {
  throw Error(error == EACCES ? HARBOR_E_DENIED : HARBOR_E_IO, "template.unreadable",
              "the template " + file + " cannot be read: " + std::generic_category().message(error),
              "check its type and permissions");
}

bool is_absent(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

/// Walks the folders that a pattern names.
class Walker {
 public:
  Walker(const fs::path& workspace, std::vector<std::string> parts)
      : workspace_(workspace), parts_(std::move(parts)) {}

  std::set<std::string> walk() {
    enter("", 0, 0);
    return std::move(found_);
  }

 private:
  static std::string join(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
  }

  void enter(const std::string& folder, std::size_t part, std::size_t depth) {
    const std::string& pattern = parts_[part];
    const bool is_last = part + 1 == parts_.size();
    if (!is_wild(pattern)) return take(join(folder, pattern), is_last, part + 1, depth);
    if (pattern == "**" && !is_last) enter(folder, part + 1, depth);
    for (const auto& [name, is_link] : names(folder)) {
      if (pattern != "**") {
        // No escapes, since a backslash is an ordinary byte of a file's name. FNM_PERIOD keeps
        // `.git` and editors' files out.
        if (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0)
          take(join(folder, name), is_last, part + 1, depth);
        continue;
      }
      if (name.front() == '.') continue;
      const std::string path = join(folder, name);
      if (fs::is_directory(status_of(path))) {
        if (!is_link && depth < deepest) enter(path, part, depth + 1);
      } else if (is_last) {
        found_.insert(path);
      }
    }
  }

  void take(const std::string& path, bool is_last, std::size_t next, std::size_t depth) {
    const auto status = status_of(path);
    if (is_last && fs::exists(status) && !fs::is_directory(status)) found_.insert(path);
    if (!is_last && fs::is_directory(status)) enter(path, next, depth);
  }

  std::vector<std::pair<std::string, bool>> names(const std::string& folder) const {
    std::vector<std::pair<std::string, bool>> names;
    std::error_code failed;
    // A folder that cannot be read matches nothing, and that no template matches is reported.
    for (fs::directory_iterator at(workspace_ / folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::error_code ignored;
      names.emplace_back(at->path().filename().string(), at->is_symlink(ignored));
    }
    if (failed && !is_absent(failed)) fail_to_read(folder, failed.value());
    return names;
  }

  /// Follows links. What cannot be looked at is not taken for absent: its
  /// rendered files would be removed.
  fs::file_status status_of(const std::string& path) const {
    std::error_code failed;
    const auto status = fs::status(workspace_ / path, failed);
    if (!fs::status_known(status)) fail_to_read(path, failed.value());
    return status;
  }

  const fs::path& workspace_;
  std::vector<std::string> parts_;
  std::set<std::string> found_;
};

}  // namespace

std::vector<Match> matches_of(const fs::path& workspace, const std::string& pattern) {
  auto parts = parts_of(pattern);
  if (parts.empty())
    fail_outside("'" + pattern + "' is not a path in the project",
                 "write a path from the project folder, without '..'");
  std::size_t base = 0;
  for (auto part = parts.begin(); part + 1 != parts.end() && !is_wild(*part); ++part)
    base += part->size() + 1;
  std::vector<Match> matches;
  for (const std::string& file : Walker(workspace, std::move(parts)).walk())
    matches.push_back({file, file.substr(base)});
  return matches;
}

std::string read_template(const fs::path& workspace, const std::string& file) {
  try {
    if (auto read = project_file::read_inside(workspace, file, largest_template))
      return std::move(read->text);
    fail_to_read(file, ENOENT);
  } catch (const std::system_error& failure) {
    // A pattern has no "..", but a link on its way may lead anywhere: to ~/.ssh, rendered into a
    // folder that a container mounts.
    if (failure.code().value() == EXDEV)
      fail_outside("the template " + file + " is a link that leads out of the project",
                   "copy the file into the project");
    if (failure.code().value() != EFBIG) fail_to_read(file, failure.code().value());
    throw Error(HARBOR_E_INPUT, "template.too_large",
                "the template " + file + " is larger than 4 MiB",
                "a template is a config; mount large files instead");
  }
}

std::string target_folder(const std::string& to, std::string_view run) {
  const std::string prefix = std::string(run) + "/";
  std::string path = to;
  if (path.ends_with('/')) path.pop_back();
  if (!parts_of(path).empty() && path.starts_with(prefix)) return path.substr(prefix.size());
  fail_outside(
      "'" + to + "' is not a folder beneath " + prefix,
      "configs are written beneath " + prefix + ", for example to " + prefix + "${service}");
}

std::string target_name(std::string name) {
  for (const std::string_view ending : {".hbs", ".tmpl", ".template"}) {
    // A file that is called just ".hbs" would be left without a name.
    const bool is_all =
        name.size() == ending.size() ||
        (name.size() > ending.size() && name[name.size() - ending.size() - 1] == '/');
    if (name.ends_with(ending) && !is_all) {
      name.resize(name.size() - ending.size());
      break;
    }
  }
  return name;
}

std::string for_service(std::string text, std::string_view service) {
  for (auto at = text.find(service_mark); at != std::string::npos;
       at = text.find(service_mark, at + service.size()))
    text.replace(at, service_mark.size(), service);
  return text;
}

// A service's name becomes a part of paths that are written and removed, so this is where "../etc"
// ends. Compose allows the same characters.
void check_service(std::string_view service) {
  const bool is_plain = std::all_of(service.begin(), service.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (is_plain && !service.empty() && service != "." && service != "..") return;
  fail_outside("'" + std::string(service) + "' cannot be a service",
               "a service's name is letters, digits, '.', '_' and '-'");
}

}  // namespace harbor::templating
