#include "host/remark.hpp"

#include <string>

namespace harbor::host {
using nlohmann::json;

json parse_remark(std::string_view text) {
  if (text.empty()) return nullptr;
  const auto dropped = [](std::string why) { return json{{"dropped", std::move(why)}}; };
  if (text.size() > remark_bytes)
    return dropped(std::to_string(text.size()) + " bytes are more than the " +
                   std::to_string(remark_bytes) + " that are kept");
  bool is_deep = false;
  // Parsing keeps its stack on the heap; writing the value later recurses on the thread's stack.
  auto value = json::parse(
      text,
      [&](int depth, json::parse_event_t event, json&) {
        using Kind = json::parse_event_t;
        is_deep |=
            (event == Kind::object_start || event == Kind::array_start) && depth >= remark_depth;
        return !is_deep;
      },
      false);
  if (is_deep) return dropped("nested deeper than " + std::to_string(remark_depth) + " levels");
  if (!value.is_object()) return dropped("not a JSON object");
  return value;
}

}  // namespace harbor::host
