#include "scalar.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "node.hpp"

namespace harbor::compose {
namespace {

constexpr std::string_view yaml_tag = "tag:yaml.org,2002:";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string without_underscores(std::string_view text) {
  std::string plain;
  for (char c : text) {
    if (c != '_') plain += c;
  }
  return plain;
}

struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

/// As Go's ParseInt and ParseUint with base 0: a sign, then 0x, 0o, 0b, a leading 0 for octal, or
/// decimal.
std::optional<Integer> integer_of(std::string_view text) {
  Integer value;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    value.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value.magnitude, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  const std::uint64_t most = std::uint64_t{1} << 63U;
  if (value.negative && value.magnitude > most) return std::nullopt;
  return value;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  std::size_t at = 0;
  auto digits = [&] {
    std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  std::size_t whole = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

bool is_infinity(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

bool is_nan(std::string_view text) { return is_one_of(text, {".nan", ".NaN", ".NAN"}); }

/// Go's shortest %g: an exponent below -4 or from 6 on is written as one.
std::string float_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  char text[512];
  auto science = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  std::string form(text, science.ptr);
  int exponent = 0;  // "e+05": from_chars takes no plus
  const char* digits = form.data() + form.find('e') + 1;
  std::from_chars(digits + (*digits == '+' ? 1 : 0), form.data() + form.size(), exponent);
  if (exponent < -4 || exponent >= 6) return form;
  auto fixed = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
  return {text, fixed.ptr};
}

std::string number_text(std::string_view text) {
  if (is_infinity(text)) return text[0] == '-' ? "-Inf" : "+Inf";
  if (is_nan(text)) return "NaN";
  const std::string plain = without_underscores(text);
  if (auto integer = integer_of(plain)) {
    std::string shown = integer->negative && integer->magnitude != 0 ? "-" : "";
    return shown.append(std::to_string(integer->magnitude));
  }
  return float_text(std::strtod(plain.c_str(), nullptr));
}

}  // namespace

Type type_of_plain(std::string_view text) {
  if (text.empty()) return Type::null;
  const char first = text[0];
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') {
    if (is_one_of(text, {"~", "null", "Null", "NULL"})) return Type::null;
    if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return Type::boolean;
    return Type::string;
  }
  if (is_infinity(text) || is_nan(text)) return Type::floating;
  const std::string plain = without_underscores(text);
  if (first != '.' && integer_of(plain)) return Type::integer;
  return is_float(plain) ? Type::floating : Type::string;
}

Type type_of(const Node& node) {
  if (node.kind != Kind::scalar) return Type::string;
  if (!node.tag.empty()) {
    std::string_view name = node.tag;
    if (name.substr(0, yaml_tag.size()) != yaml_tag) return Type::string;
    name.remove_prefix(yaml_tag.size());
    if (name == "null") return Type::null;
    if (name == "bool") return Type::boolean;
    if (name == "int") return Type::integer;
    return name == "float" ? Type::floating : Type::string;
  }
  return node.style == Style::plain ? type_of_plain(node.text) : Type::string;
}

std::string value_text(const Node& node) {
  switch (type_of(node)) {
    case Type::null:
      return {};
    case Type::boolean:
      return (node.text[0] | 0x20) == 't' ? "true" : "false";
    case Type::integer:
    case Type::floating:
      return number_text(node.text);
    case Type::string:
      break;
  }
  return std::string(node.text);
}

bool is_plain_string(std::string_view text) {
  if (text.empty() || type_of_plain(text) != Type::string || text == "<<") return false;
  const std::string_view lead = "?:,[]{}#&*!|>'\"%@` \t";
  if (lead.find(text[0]) != std::string_view::npos) return false;
  if (text[0] == '-' && (text.size() == 1 || text[1] == ' ' || text.substr(0, 3) == "---"))
    return false;
  if (text.substr(0, 3) == "..." || text.back() == ' ' || text.back() == ':') return false;
  // Compose would read a date; this text is a string.
  if (is_digit(text[0]) && text.size() >= 8 && text[4] == '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c >= 0x7F) return false;
    if (c == ':' && i + 1 < text.size() && text[i + 1] == ' ') return false;
    if (c == '#' && i > 0 && text[i - 1] == ' ') return false;
  }
  return true;
}

}  // namespace harbor::compose
