#include "oracle.hpp"

#include <stdlib.h>

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

}  // namespace

bool has_compose() { return output_of("docker compose version --short 2>/dev/null").has_value(); }

std::optional<nlohmann::json> config_of(const std::filesystem::path& folder,
                                        const std::vector<std::string>& files) {
  std::string command =
      "cd " + quoted(folder.string()) + " && COMPOSE_FILE= docker compose --project-directory .";
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
