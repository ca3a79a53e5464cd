#include "entry.hpp"

namespace harbor::templating {
namespace {

/// 644, "644" and "0644": digits are octal however they are written.
// YAML 1.2 reads a plain 0644 as the decimal number 644, which nobody means.
std::uint32_t mode_of(const json& mode, const std::string& pointer) {
  const std::string digits = mode.is_string() ? mode.get<std::string>() : mode.dump();
  if (digits.empty() || digits.size() > 4 ||
      digits.find_first_not_of("01234567") != std::string::npos ||
      (digits.size() == 4 && digits[0] != '0'))
    throw Error(HARBOR_E_INPUT, "template.bad_mode", "'" + digits + "' are not permissions",
                "write three octal digits, for example 0644")
        .at(pointer + "/mode");
  return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 8));
}

}  // namespace

Entry entry_of(const json& given, const json& interpolation, std::size_t index) {
  Entry entry;
  entry.from = given.at("from");
  entry.to = given.at("to");
  entry.is_handlebars =
      given.value("engine", interpolation.value("engine", "handlebars")) == "handlebars";
  entry.is_strict = given.value("strict", true);
  entry.is_optional = given.value("optional", false);
  if (given.contains("noEscape")) entry.no_escape = given["noEscape"].get<bool>();
  if (given.contains("only")) entry.only = given["only"].get<std::set<std::string, std::less<>>>();
  entry.pointer = "/templates/" + std::to_string(index);
  if (given.contains("mode")) entry.mode = mode_of(given["mode"], entry.pointer);
  return entry;
}

}  // namespace harbor::templating
