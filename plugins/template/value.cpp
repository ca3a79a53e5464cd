#include "value.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace harbor::templating {
namespace {

constexpr std::size_t index_from = 8;  ///< members; below that a search is as fast

const Json& empty_string() {
  static const Json empty = "";
  return empty;
}

/// Number.prototype.toString.
// `extra: { cpu: 0.5 }` has to render as it was written. std::to_string makes 0.500000 of it, and
// to_chars chooses the exponent by length, where JavaScript has fixed bounds.
std::string text_of_number(double number) {
  if (number == 0) return "0";
  if (!std::isfinite(number)) return number > 0 ? "Infinity" : number < 0 ? "-Infinity" : "NaN";
  const double size = std::abs(number);
  char buffer[64];
  const bool is_plain = size >= 1e-6 && size < 1e21;
  const auto format =
      is_plain && size < 1e15 ? std::chars_format::fixed : std::chars_format::scientific;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, number, format).ptr);
  const auto e = text.find('e');
  if (e == std::string::npos) return text;
  if (is_plain) {  // zeros fill up the digits that a double does not have
    const auto exponent = static_cast<std::size_t>(std::stoi(text.substr(e + 1)));
    text.erase(e);
    const auto point = text.find('.');
    const std::size_t decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    if (point != std::string::npos) text.erase(point, 1);
    return decimals > exponent ? std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer,
                                                                   number, std::chars_format::fixed)
                                                         .ptr)
                               : text.append(exponent - decimals, '0');
  }
  if (text[e + 2] == '0') text.erase(e + 2, 1);
  return text;
}

/// String.length: UTF-16 units.
std::size_t length_of(const std::string& text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    length += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

}  // namespace

Json object_of(std::vector<std::pair<std::string, Json>>&& members) {
  Json::object_t object;
  object.reserve(members.size());
  for (auto& [name, value] : members)
    object.Json::object_t::Container::emplace_back(std::move(name), std::move(value));
  return object;
}

Json ordered(const nlohmann::json& json) {
  if (json.is_array()) {
    Json array = Json::array();
    for (const auto& element : json) array.push_back(ordered(element));
    return array;
  }
  if (!json.is_object()) return json;
  std::vector<std::pair<std::string, Json>> members;
  members.reserve(json.size());
  for (const auto& [name, value] : json.items()) members.emplace_back(name, ordered(value));
  return object_of(std::move(members));
}

Data::Data(Json root, const std::vector<Place>& secrets)
    : root_(std::make_unique<const Json>(std::move(root))) {
  add(*root_);
  for (const Place& place : secrets) {
    Value at(*root_);
    secrets_.insert(at.get());
    for (const std::string& name : place) {
      at = member(at, name);
      if (at.is_missing()) break;
      secrets_.insert(at.get());
    }
  }
}

void Data::add(const Json& json) {
  if (json.is_object() && json.size() > index_from) {
    Index& index = indices_[&json];
    index.reserve(json.size());
    for (const auto& item : json.items()) index.emplace(item.key(), &item.value());
  }
  if (json.is_structured()) {
    for (const Json& child : json) add(child);
  }
}

Value Data::member(const Value& of, const std::string& name) const {
  const Json* json = of.get();
  if (!json) return {};
  if (json->is_object()) {
    if (const auto index = indices_.find(json); index != indices_.end()) {
      const auto found = index->second.find(name);
      return found == index->second.end() ? Value() : Value(*found->second);
    }
    const auto found = json->find(name);
    return found == json->end() ? Value() : Value(*found);
  }
  if (name == "length") {
    if (json->is_array()) return Value::own(json->size());
    if (json->is_string()) return Value::own(length_of(json->get_ref<const std::string&>()));
  }
  // "01" is a name of its own in JavaScript, not the index 1.
  if (!json->is_array() || (name.size() > 1 && name[0] == '0')) return {};
  std::size_t i = 0;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, i);
  const bool is_index = error == std::errc() && rest == end && i < json->size();
  return is_index ? Value((*json)[i]) : Value();
}

bool is_truthy(const Value& value) {
  const Json* json = value.get();
  if (!json || json->is_null()) return false;
  if (json->is_boolean()) return json->get<bool>();
  if (json->is_number()) return json->get<double>() != 0;
  return !json->is_string() || *json != empty_string();
}

bool is_empty(const Value& value) {
  const Json* json = value.get();
  if (json && json->is_number()) return false;
  return !is_truthy(value) || (json->is_array() && json->empty());
}

namespace {

/// ECMAScript's Number(value) for a text, a number or a boolean; NaN if it is not a number.
double number_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>() ? 1 : 0;
  if (json.is_number()) return json.get<double>();
  const auto& text = json.get_ref<const std::string&>();
  constexpr std::string_view space = " \t\n\r\f\v";
  const auto begin = text.find_first_not_of(space);
  if (begin == std::string::npos) return 0;
  const auto end = text.find_last_not_of(space) + 1;
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data() + begin, text.data() + end, number);
  return error == std::errc() && rest == text.data() + end
             ? number
             : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

// ECMAScript's `==`, as the handlebars package compares contexts: 1 and true are the same.
bool is_same(const Value& a, const Value& b) {
  if (a.get() == b.get()) return true;
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.get()->is_structured() && b.get()->is_structured()) return false;
  const auto primitive = [](const Json& json) {
    return json.is_structured() ? Json(text_of(json)) : json;
  };
  const Json left = primitive(*a.get()), right = primitive(*b.get());
  if (left.is_string() && right.is_string()) return left == right;
  return number_of(left) == number_of(right);
}

std::string text_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::boolean:
      return json.get<bool>() ? "true" : "false";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return json.dump();
    case Json::value_t::number_float:
      return text_of_number(json.get<double>());
    case Json::value_t::array: {
      std::string text;
      for (const Json& element : json)
        text += (&element == &json.front() ? "" : ",") + text_of(element);
      return text;
    }
    case Json::value_t::object:
      return "[object Object]";
    default:
      return {};
  }
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#x27;";
        break;
      case '`':
        out += "&#x60;";
        break;
      case '=':
        out += "&#x3D;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace harbor::templating
