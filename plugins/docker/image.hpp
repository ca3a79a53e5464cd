// What building and pulling images have in common.
#pragma once

#include <harbor/action.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// `docker compose WORDS...` with the stack of `input`. Throws the diagnosis of a failure.
void run_images(Context& context, const json& input, const std::vector<std::string>& words);

/// Texts joined while compiling.
template <const std::string_view&... Parts>
struct Joined {
  static constexpr auto bytes = [] {
    std::array<char, (Parts.size() + ...)> out{};
    auto at = out.begin();
    ((at = std::copy(Parts.begin(), Parts.end(), at)), ...);
    return out;
  }();
  static constexpr std::string_view text{bytes.data(), bytes.size()};
};

/// The part of both schemas that follows the command's name.
inline constexpr std::string_view image_schema = R"("args": ["services"]},
  "type": "object",
  "required": ["files", "project"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "file": {"type": "string", "x-harbor-from": "compose.file",
      "description": "The same files merged into one, as text"},
    "project": {"type": "string", "x-harbor-from": "compose.project",
      "description": "Name of the Compose project"},
    "env": {"type": "object", "x-harbor-from": "env",
      "description": "Variables for ${...} in the compose files"},
    "serviceEnv": {"type": "object", "x-harbor-from": "env.services",
      "description": "What differs for single services"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services whose images to build or pull"},
)";

inline constexpr std::uint64_t image_effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST |
                                               HARBOR_FX_WRITE_HOST | HARBOR_FX_NETWORK |
                                               HARBOR_FX_EXEC;
inline constexpr std::uint32_t image_flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING;

}  // namespace harbor::docker
