#include "document/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace harbor::document {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <typename... Texts>
bool is_one_of(std::string_view text, Texts... choices) {
  return ((text == choices) || ...);
}

bool all(std::string_view text, bool (*predicate)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
}

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return text;
}

std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(
      text.size(), static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                            text.begin()));
  text.remove_prefix(count);
  return count;
}

/// ( "." [0-9]+ | [0-9]+ ( "." [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  const std::size_t whole = take_digits(text);
  std::size_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole + fraction == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  return all(without_sign(text.substr(1)), is_digit);
}

bool is_infinity(std::string_view unsigned_text) {
  return is_one_of(unsigned_text, ".inf", ".Inf", ".INF");
}

double decimal(std::string_view text) {
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range: from_chars() does not say on which side, strtod() does.
  if (result.ec == std::errc::result_out_of_range)
    return std::strtod(std::string(text).c_str(), nullptr);
  return value;
}

double wide_integer(std::string_view digits, int base) {
  if (base == 10) return decimal(digits);
  double value = 0;
  for (const char c : digits) {
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * base + digit;
  }
  return value;
}

nlohmann::json integer(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
    base = text[1] == 'o' ? 8 : 16;
    text.remove_prefix(2);
  }
  if (text.front() == '+') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  std::int64_t narrow = 0;
  if (std::from_chars(text.data(), end, narrow, base).ec == std::errc()) return narrow;
  std::uint64_t wide = 0;
  if (text.front() != '-' && std::from_chars(text.data(), end, wide, base).ec == std::errc())
    return wide;
  return wide_integer(text, base);
}

}  // namespace

Kind kind_of(std::string_view plain) noexcept {
  if (is_one_of(plain, "", "~", "null", "Null", "NULL")) return Kind::null;
  // YAML 1.2, core schema: unlike in 1.1 `yes`, `on` and `1:30` are texts, and 010 is ten.
  if (is_one_of(plain, "true", "True", "TRUE", "false", "False", "FALSE")) return Kind::boolean;
  const std::string_view number = without_sign(plain);
  if (all(number, is_digit)) return Kind::integer;
  if (plain.substr(0, 2) == "0o" && all(plain.substr(2), is_octal)) return Kind::integer;
  if (plain.substr(0, 2) == "0x" && all(plain.substr(2), is_hex)) return Kind::integer;
  if (is_decimal(number) || is_infinity(number)) return Kind::number;
  if (is_one_of(plain, ".nan", ".NaN", ".NAN")) return Kind::number;
  return Kind::string;
}

nlohmann::json number_of(std::string_view plain) {
  if (kind_of(plain) == Kind::integer) return integer(plain);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (is_infinity(without_sign(plain))) return plain.front() == '-' ? -infinity : infinity;
  if (is_one_of(plain, ".nan", ".NaN", ".NAN")) return std::numeric_limits<double>::quiet_NaN();
  return decimal(plain);
}

}  // namespace harbor::document
