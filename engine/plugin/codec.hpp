// Packs as text: what a scan sends through its pipe and what the registry cache holds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// JSON for what is short; long texts (schemas, explanations) follow it as they are, since escaping
/// and parsing them would cost more than all the rest of a start. In the JSON stands the length of
/// each, in their order.
struct Encoded {
  nlohmann::json index;
  std::string texts;
};

/// "{...}\n", then the texts.
[[nodiscard]] std::string to_text(const Encoded& encoded);

/// What was encoded; the texts are still where they were read.
struct EncodedView {
  nlohmann::json index;
  std::string_view texts;
};
/// Throws std::exception when `text` was not made by to_text() or is cut off.
[[nodiscard]] EncodedView parse_encoded(std::string_view text);

/// Adds the texts of `pack` to `texts` and returns its JSON. Place is left out.
[[nodiscard]] nlohmann::json encode(const Pack& pack, std::string& texts);
/// Takes the texts of one pack off the front of `texts`. Throws std::exception when something is
/// wrong.
[[nodiscard]] Pack decode_pack(const nlohmann::json& index, std::string_view& texts);

[[nodiscard]] nlohmann::json encode(const Fault& fault);
[[nodiscard]] Fault decode_fault(const nlohmann::json& index);

}  // namespace harbor::plugin
