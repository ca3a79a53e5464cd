#include "plan/plain_schema.hpp"

#include <algorithm>
#include <string_view>

namespace harbor::plan {
using nlohmann::json;

namespace {

constexpr std::string_view annotations[] = {"title",   "description", "default",
                                            "$schema", "examples",    "$comment"};
constexpr std::string_view values[] = {"type",     "enum",    "const",   "required",  "minItems",
                                       "maxItems", "minimum", "maximum", "minLength", "pattern"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr std::string_view type_names[] = {"array",  "boolean", "integer", "null",
                                           "number", "object",  "string"};

bool is_type(const json& value) {
  return value.is_string() && is_one_of(value.get_ref<const std::string&>(), type_names);
}

bool is_size(const json& value) { return value.is_number_unsigned(); }

bool are_texts(const json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
}

bool is_well_formed(std::string_view key, const json& value) {
  if (key == "type")
    return is_type(value) || (value.is_array() && std::all_of(value.begin(), value.end(), is_type));
  if (key == "required") return are_texts(value);
  if (key == "enum") return value.is_array();
  if (key == "minItems" || key == "maxItems" || key == "minLength") return is_size(value);
  if (key == "pattern") return value.is_string();
  return key == "const" || value.is_number();
}

bool has_one_type(const json& types, const json& value) {
  if (types.is_string()) return has_type(value, types.get_ref<const std::string&>());
  return std::any_of(types.begin(), types.end(), [&](const json& type) {
    return has_type(value, type.get_ref<const std::string&>());
  });
}

bool members_fit(const json& schema, const json& value, const std::set<std::string>& open) {
  if (const auto required = schema.find("required"); required != schema.end())
    for (const json& name : *required)
      if (const auto& text = name.get_ref<const std::string&>();
          !value.contains(text) && !open.contains(text))
        return false;
  const auto properties = schema.find("properties");
  const auto rest = schema.find("additionalProperties");
  for (const auto& [name, member] : value.items()) {
    const json* property = nullptr;
    if (properties != schema.end())
      if (const auto found = properties->find(name); found != properties->end()) property = &*found;
    if (!property && rest != schema.end()) {
      if (*rest == false) return false;
      if (rest->is_object()) property = &*rest;
    }
    if (property && !fits(*property, member, {})) return false;
  }
  return true;
}

bool items_fit(const json& schema, const json& value) {
  if (const auto least = schema.find("minItems");
      least != schema.end() && value.size() < least->get<std::size_t>())
    return false;
  if (const auto most = schema.find("maxItems");
      most != schema.end() && value.size() > most->get<std::size_t>())
    return false;
  const auto items = schema.find("items");
  return items == schema.end() || std::all_of(value.begin(), value.end(), [&](const json& item) {
           return fits(*items, item, {});
         });
}

/// A pattern is for the validator.
bool text_fits(const json& schema, const std::string& text) {
  if (schema.contains("pattern")) return false;
  const auto least = schema.find("minLength");
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return least == schema.end() ||
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins)) >=
             least->get<std::size_t>();
}

bool is_within(const json& schema, const json& value) {
  const auto least = schema.find("minimum"), most = schema.find("maximum");
  return (least == schema.end() || value >= *least) && (most == schema.end() || value <= *most);
}

}  // namespace

bool has_type(const json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

bool is_plain(const json& schema) {
  if (!schema.is_object()) return false;
  for (const auto& [key, value] : schema.items()) {
    if (is_one_of(key, annotations) || key.starts_with("x-")) continue;
    if (key == "properties") {
      if (!value.is_object() || !std::all_of(value.begin(), value.end(), is_plain)) return false;
    } else if (key == "anyOf") {
      if (!value.is_array() || value.empty() || !std::all_of(value.begin(), value.end(), is_plain))
        return false;
    } else if (key == "items") {
      if (!is_plain(value)) return false;
    } else if (key == "additionalProperties") {
      if (!value.is_boolean() && !is_plain(value)) return false;
    } else if (!is_one_of(key, values) || !is_well_formed(key, value)) {
      return false;
    }
  }
  return true;
}

bool fits(const json& schema, const json& value, const std::set<std::string>& open) {
  if (const auto types = schema.find("type"); types != schema.end() && !has_one_type(*types, value))
    return false;
  if (const auto fixed = schema.find("const"); fixed != schema.end() && *fixed != value)
    return false;
  if (const auto choice = schema.find("enum");
      choice != schema.end() && std::find(choice->begin(), choice->end(), value) == choice->end())
    return false;
  if (const auto any = schema.find("anyOf");
      any != schema.end() && std::none_of(any->begin(), any->end(), [&](const json& branch) {
        return fits(branch, value, {});
      }))
    return false;
  if (value.is_string()) return text_fits(schema, value.get_ref<const std::string&>());
  if (value.is_object()) return members_fit(schema, value, open);
  if (value.is_array()) return items_fit(schema, value);
  return !value.is_number() || is_within(schema, value);
}

}  // namespace harbor::plan
