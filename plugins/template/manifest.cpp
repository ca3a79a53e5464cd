#include "manifest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace harbor::templating {
namespace {

constexpr std::size_t largest = std::size_t{16} << 20;

std::string text_of_file(const std::string& path) {
  // Containers may have mounts in var/run: a link or a FIFO in the manifest's place is not
  // followed, nor waited for.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return {};
  std::string text;
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0 && text.size() < largest;)
    text.append(buffer, static_cast<std::size_t>(got));
  ::close(fd);
  return text;
}

}  // namespace

// Ids of steps consist of names and '#', and brackets for repeated ones: safe in a file's name.
std::string manifest_path(const Context& context) {
  return ".template/" + std::string(context.step_id()) + ".json";
}

Manifest read_manifest(const Context& context, const std::string& path) {
  Manifest manifest;
  const json value =
      json::parse(text_of_file(std::string(context.run_dir()) + "/" + path), nullptr, false);
  try {
    manifest.folders = value.at("folders").get<std::map<std::string, std::string>>();
    manifest.secrets = value.at("secrets").get<std::set<std::string>>();
    manifest.is_known = true;
  } catch (const json::exception&) {
    // Damaged is as good as absent: is_known stays false, so a plan hides all old lines.
    return {};
  }
  return manifest;
}

void write_manifest(Context& context, const Manifest& manifest) {
  const json value = {{"folders", manifest.folders}, {"secrets", manifest.secrets}};
  context.write_file({.path = manifest_path(context), .parts = {value.dump(1) + "\n"}});
}

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

}  // namespace harbor::templating
