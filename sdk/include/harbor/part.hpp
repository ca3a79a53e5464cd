// harbor/part.hpp - text on its way out of a pack, into a child or a file: plain, or a secret by
// reference.
#pragma once

#include <harbor/plugin.h>
#include <harbor/error.hpp>

#include <concepts>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor {

using json = nlohmann::json;

/// True for {"$secret": "REF"}, the form in which a secret travels through JSON.
inline bool is_secret(const json& value) {
  return value.is_object() && value.size() == 1 && value.contains("$secret") &&
         value["$secret"].is_string();
}

/// A piece of text for a child's environment, standard input or file: plain, or the value of a
/// reference, which only the host sees. Converts from text and from JSON, either a string or
/// {"$secret": "REF"}.
struct Part {
  std::string text;
  std::string reference;  ///< not empty: a secret, and `text` is ignored

  Part(const char* plain) : text(plain) {}
  Part(std::string_view plain) : text(plain) {}
  Part(std::string plain) : text(std::move(plain)) {}

  /// Throws Error (HARBOR_E_INPUT, "sdk.part") for any other JSON.
  template <std::same_as<json> Json>
  Part(const Json& value) {
    if (is_secret(value)) {
      reference = value["$secret"].template get<std::string>();
    } else if (value.is_string()) {
      text = value.template get<std::string>();
    } else {
      throw Error(HARBOR_E_INPUT, "sdk.part",
                  std::string("a text or a secret is needed here, found ") + value.type_name());
    }
  }

  /// `secret` is {"$secret": "REF"}, as put_secret() returns it. Throws like the conversion.
  static Part secret(const json& secret) {
    if (!is_secret(secret)) {
      throw Error(HARBOR_E_INPUT, "sdk.part",
                  std::string("a secret is needed here, found ") + secret.type_name());
    }
    return Part(secret);
  }
};

using Parts = std::vector<Part>;

namespace detail {

/// In the boundary's form. The texts stay in `part`, which must outlive it.
inline harbor_part raw(const Part& part) noexcept {
  return part.reference.empty() ? harbor_part{{part.text.data(), part.text.size()}, {}}
                                : harbor_part{{}, {part.reference.data(), part.reference.size()}};
}

inline std::vector<harbor_part> raw(const Parts& parts) {
  std::vector<harbor_part> pieces;
  pieces.reserve(parts.size());
  for (const Part& part : parts) pieces.push_back(raw(part));
  return pieces;
}

}  // namespace detail
}  // namespace harbor
