#include "oracle.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace harbor::conformance {
namespace {

constexpr const char* flags =
    " config --no-interpolate --no-path-resolution --no-env-resolution --no-normalize "
    "--no-consistency"
    " --format json 2>/dev/null </dev/null";

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}  // names of tests hold no quote

std::optional<std::string> output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 65536> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), got);
  }
  return ::pclose(pipe) == 0 ? std::optional(text) : std::nullopt;
}

/// The plugin itself where it is found: without `docker` before it, a call takes half the time.
std::string compose_program() {
  const char* home = std::getenv("HOME");
  const std::string own = home == nullptr ? "" : std::string(home) + "/.docker";
  for (const std::string& folder :
       {own, std::string("/usr/local/lib/docker"), std::string("/usr/local/libexec/docker"),
        std::string("/usr/lib/docker"), std::string("/usr/libexec/docker")}) {
    const std::string path = folder + "/cli-plugins/docker-compose";
    if (!folder.empty() && ::access(path.c_str(), X_OK) == 0) return quoted(path);
  }
  return "docker compose";
}

}  // namespace

bool has_compose() {
  return output_of(compose_program() + " version --short 2>/dev/null").has_value();
}

std::optional<nlohmann::json> config_of(const std::filesystem::path& folder,
                                        const std::vector<std::string>& files) {
  static const std::string program = compose_program();
  std::string command =
      "cd " + quoted(folder.string()) + " && COMPOSE_FILE= " + program + " --project-directory .";
  for (const std::string& file : files) command += " -f " + quoted(file);
  auto text = output_of(command + flags);
  if (!text) return std::nullopt;
  nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  return document.is_discarded() ? std::nullopt : std::optional(std::move(document));
}

nlohmann::json without_harbor_keys(nlohmann::json document) {
  if (document.is_object()) {
    for (auto it = document.begin(); it != document.end();) {
      if (it.key().rfind("x-harbor-", 0) == 0) {
        it = document.erase(it);
      } else {
        *it = without_harbor_keys(std::move(*it));
        ++it;
      }
    }
  } else if (document.is_array()) {
    for (auto& item : document) item = without_harbor_keys(std::move(item));
  }
  return document;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "harbor-oracle-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace harbor::conformance
