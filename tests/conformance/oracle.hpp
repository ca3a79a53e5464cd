// Compose itself: `docker compose config` without anything that depends on the machine.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace harbor::conformance {

/// Whether `docker compose` answers.
bool has_compose();

/// What Compose makes of these files in `folder`; nothing where it refuses them.
std::optional<nlohmann::json> config_of(const std::filesystem::path& folder,
                                        const std::vector<std::string>& files);

/// Without the keys that Harbor takes out.
nlohmann::json without_harbor_keys(nlohmann::json document);

/// A folder that is gone with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace harbor::conformance
