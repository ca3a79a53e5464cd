#include "store/change_record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "system/beneath.hpp"
#include "system/crc32c.hpp"

namespace harbor::store {
namespace {

using nlohmann::json;

// The number is that of the format: a later Harbor that changes it still knows this one.
constexpr std::string_view heading = "harbor-change 1 ";

std::string digits_of(std::string_view body) { return system::crc32c_hex(body) + "\n"; }

json to_json(const ChangeSteps& steps) {
  return {{"remove", steps.remove},
          {"prune", steps.prune},
          {"folders", steps.folders},
          {"put", steps.put}};
}

ChangeSteps steps_of(const json& value) {
  ChangeSteps steps;
  value.at("remove").get_to(steps.remove);
  value.at("prune").get_to(steps.prune);
  value.at("folders").get_to(steps.folders);
  value.at("put").get_to(steps.put);
  return steps;
}

// The checksum tells of accidents, not of intent: what is read must not lead out of the folder.
bool is_safe(const ChangeSteps& steps) {
  const auto is_inner = [](const std::string& path) { return system::is_inner_path(path); };
  const auto is_name = [&](const std::string& name) {
    return is_inner(name) && name.find('/') == std::string::npos;
  };
  return std::all_of(steps.remove.begin(), steps.remove.end(), is_inner) &&
         std::all_of(steps.prune.begin(), steps.prune.end(), is_inner) &&
         std::all_of(steps.folders.begin(), steps.folders.end(),
                     [&](const auto& folder) { return is_inner(folder.first); }) &&
         std::all_of(steps.put.begin(), steps.put.end(), [&](const auto& file) {
           return is_inner(file.first) && is_name(file.second);
         });
}

}  // namespace

std::string to_text(const ChangeRecord& record) {
  json value = {{"forward", to_json(record.forward)}, {"goesBack", record.goes_back}};
  if (record.back) value["back"] = to_json(*record.back);
  std::string body;
  json::to_cbor(value, body);
  return std::string(heading) + digits_of(body) + body;
}

std::optional<ChangeRecord> parse_change_record(std::string_view text) {
  constexpr std::size_t start = heading.size() + 9;
  if (text.size() < start || !text.starts_with(heading)) return std::nullopt;
  const std::string_view body = text.substr(start);
  if (text.substr(heading.size(), 9) != digits_of(body)) return std::nullopt;
  try {
    const json value = json::from_cbor(body);
    ChangeRecord record;
    record.forward = steps_of(value.at("forward"));
    if (value.contains("back")) record.back = steps_of(value["back"]);
    value.at("goesBack").get_to(record.goes_back);
    if (!is_safe(record.forward) || (record.back && !is_safe(*record.back))) return std::nullopt;
    if (record.goes_back && !record.back) return std::nullopt;
    return record;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace harbor::store
