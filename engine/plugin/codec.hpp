// Packs as text, for the pipe of a scan and for the registry cache.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "plugin/fault.hpp"
#include "plugin/pack.hpp"

namespace harbor::plugin {

/// JSON for short values; long texts (schemas, explanations) follow it verbatim, since escaping and
/// parsing them would cost more than all the rest of a start. The JSON holds their lengths, in
/// order.
struct Encoded {
  nlohmann::json index;
  std::string texts;
};

/// "{...}\n", then the texts.
[[nodiscard]] std::string to_text(const Encoded& encoded);

/// The decoded JSON; the texts are still in the buffer that was read.
struct EncodedView {
  nlohmann::json index;
  std::string_view texts;
};
/// Throws std::exception when `text` was not made by to_text() or is cut off.
[[nodiscard]] EncodedView parse_encoded(std::string_view text);

/// Adds the texts of `pack` to `texts` and returns its JSON, without the place.
[[nodiscard]] nlohmann::json encode(const Pack& pack, std::string& texts);
/// Takes the texts of one pack off the front of `texts`. Throws std::exception when something is
/// wrong.
[[nodiscard]] Pack decode_pack(const nlohmann::json& index, std::string_view& texts);

[[nodiscard]] nlohmann::json encode(const Fault& fault);
[[nodiscard]] Fault decode_fault(const nlohmann::json& index);

}  // namespace harbor::plugin
