#include "sops_file.hpp"

#include <algorithm>
#include <harbor/error.hpp>

namespace harbor::secrets_sops {
using nlohmann::json;

namespace {

/// Calls `see(line, number)` for each line.
template <class See>
void for_each_line(std::string_view text, See&& see) {
  unsigned number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    see(text.substr(at, end - at), ++number);
    at = end + 1;
  }
}

bool is_name(std::string_view name) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
  return !name.empty() && letters.find(name.front()) != std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return letters.find(c) != std::string_view::npos || (c >= '0' && c <= '9');
         });
}

std::string_view unquoted(std::string_view key) {
  const bool quoted =
      key.size() >= 2 && (key.front() == '"' || key.front() == '\'') && key.back() == key.front();
  return quoted ? key.substr(1, key.size() - 2) : key;
}

/// The name that a line at the top level sets, or nothing.
std::string_view key_of(std::string_view line, Format format) {
  if (format == Format::dotenv) {
    const auto equals = line.find('=');
    return equals == std::string_view::npos || line.front() == '#' ? std::string_view()
                                                                   : line.substr(0, equals);
  }
  // Not parsed: this only finds lines for messages, and a parser would lose them. sops writes JSON
  // with tabs, editors with two or four spaces; anything deeper is not at the top level.
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || line.empty()) return {};
  const auto indent = line.find_first_not_of(" \t");
  if (format == Format::yaml)
    return indent == 0 ? unquoted(line.substr(0, colon)) : std::string_view();
  return indent <= 1 || line.starts_with("  \"") || line.starts_with("    \"")
             ? unquoted(line.substr(indent, colon - indent))
             : std::string_view();
}

// Both the version and the MAC: one of them alone may be a variable of the project.
bool has_yaml_seal(std::string_view text) {
  bool inside = false, mac = false, version = false;
  for_each_line(text, [&](std::string_view line, unsigned) {
    if (line.empty()) return;
    const auto indent = line.find_first_not_of(' ');
    if (indent == 0) inside = line.starts_with("sops:");
    if (!inside || indent == 0 || indent == std::string_view::npos) return;
    mac = mac || line.substr(indent).starts_with("mac: ENC[");
    version = version || line.substr(indent).starts_with("version: ");
  });
  return mac && version;
}

}  // namespace

const char* name_of(Format format) {
  switch (format) {
    case Format::dotenv:
      return "dotenv";
    case Format::yaml:
      return "yaml";
    case Format::json:
      return "json";
  }
  return "";
}

std::optional<Format> format_named(std::string_view name) {
  for (const Format format : {Format::dotenv, Format::yaml, Format::json})
    if (name == name_of(format)) return format;
  return std::nullopt;
}

std::optional<Format> format_of(std::string_view file) {
  if (file.ends_with(".env")) return Format::dotenv;
  if (file.ends_with(".yaml") || file.ends_with(".yml")) return Format::yaml;
  if (file.ends_with(".json")) return Format::json;
  return std::nullopt;
}

bool is_encrypted(std::string_view text, Format format) {
  if (format == Format::yaml) return has_yaml_seal(text);
  if (format == Format::json) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("sops") || !document["sops"].is_object())
      return false;
    return document["sops"].contains("mac") && document["sops"].contains("version");
  }
  bool mac = false, version = false;
  for_each_line(text, [&](std::string_view line, unsigned) {
    mac = mac || line.starts_with("sops_mac=ENC[");
    version = version || line.starts_with("sops_version=");
  });
  return mac && version;
}

std::map<std::string, unsigned> lines_of(std::string_view text, Format format) {
  std::map<std::string, unsigned> lines;
  for_each_line(text, [&](std::string_view line, unsigned number) {
    if (line.empty()) return;
    if (const auto key = key_of(line, format); is_name(key)) lines.emplace(key, number);
  });
  return lines;
}

std::vector<Value> values_of(const json& decrypted, const std::string& shown) {
  const auto refuse = [&](const char* code, std::string message, const char* hint) -> Error {
    return Error(HARBOR_E_INPUT, code, std::move(message), hint, {{shown, 0, 0, 0, {}}});
  };
  if (!decrypted.is_object())
    throw refuse("secrets.not_flat", shown + " is not a list of names and values",
                 "write one name and one value a line");
  std::vector<Value> values;
  for (const auto& [name, value] : decrypted.items()) {
    if (!is_name(name))
      throw refuse("secrets.bad_name", "'" + name + "' in " + shown + " cannot be a variable",
                   "names are letters, digits and '_', and do not start with a digit");
    if (value.is_structured())
      throw refuse("secrets.not_flat", name + " in " + shown + " holds more than one value",
                   "write each value at the top level, under a name of its own");
    const std::string text = value.is_string() ? value.get<std::string>()
                             : value.is_null() ? std::string()
                                               : value.dump();
    if (text.find('\0') != std::string::npos)
      throw refuse("secrets.not_flat", name + " in " + shown + " holds a NUL byte",
                   "a variable cannot; keep binary data in base64");
    values.push_back({name, text});
  }
  return values;
}

}  // namespace harbor::secrets_sops
