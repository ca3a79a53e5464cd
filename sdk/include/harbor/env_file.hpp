// harbor/env_file.hpp - writing an env file, for tools that read the environment from one.
#pragma once

#include <harbor/error.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor {

using Variables = std::vector<std::pair<std::string, std::string>>;

namespace detail {

/// Whether single quotes can hold `value`: not if a backslash would escape the quote after it.
inline bool fits_single_quotes(std::string_view value) {
  bool escapes = false;
  for (const char c : value) {
    if (c == '\'' && escapes) return false;
    escapes = c == '\\' && !escapes;
  }
  return !escapes;
}

inline void check_variable(const std::string& name, const std::string& value) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_plain))
    throw Error(HARBOR_E_INPUT, "env.bad_name",
                "'" + name + "' cannot be the name of a variable in an env file",
                "use letters, digits and _");
  if (value.find('\0') != std::string::npos)
    throw Error(HARBOR_E_INPUT, "env.nul_byte", "the value of '" + name + "' holds a NUL byte",
                "encode binary values, in base64 for instance");
}

}  // namespace detail

/// `value` in quotes: in single ones, which a shell reads the same way, unless these cannot hold
/// it. When it is read, no variable in it is expanded.
inline std::string quote_variable(std::string_view value) {
  std::string out;
  if (detail::fits_single_quotes(value)) {
    for (const char c : value) {
      if (c == '\'') out += '\\';
      out += c;
    }
    return "'" + out + "'";
  }
  for (const char c : value) {
    if (c == '\\' || c == '"' || c == '$') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return "\"" + out + "\"";
}

/// An env file that reads as exactly `variables`, one line `NAME=quoted value` each. Throws Error
/// `env.bad_name` for a name with anything but letters, digits, `_`, `.` and `-`, `env.nul_byte`
/// for a value with a NUL byte; neither message holds a value.
inline std::string write_env_file(const Variables& variables) {
  std::string out;
  for (const auto& [name, value] : variables) {
    detail::check_variable(name, value);
    out += name + "=" + quote_variable(value) + "\n";
  }
  return out;
}

}  // namespace harbor
