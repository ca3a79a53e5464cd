#include "project_name.hpp"

#include <harbor/error.hpp>

namespace harbor::compose {

std::string normalised_project_name(std::string_view text) {
  std::string name;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool is_joiner = c == '_' || c == '-';
    if (is_alphanumeric || (is_joiner && !name.empty())) name += c;
  }
  return name;
}

std::string project_name(std::string_view descriptor_name, std::string_view workspace) {
  const std::string_view source =
      descriptor_name.empty() ? workspace.substr(workspace.rfind('/') + 1) : descriptor_name;
  std::string name = normalised_project_name(source);
  if (name.empty()) {
    throw Error(HARBOR_E_INPUT, "compose.project_name",
                "'" + std::string(source) + "' leaves nothing for the name of a Compose project",
                "give the descriptor a `name:` with letters or digits");
  }
  return name;
}

}  // namespace harbor::compose
