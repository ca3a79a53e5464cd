#include "report/log_target.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "report/code_command.hpp"
#include "report/diagnostic.hpp"
#include "report/suggestion.hpp"

namespace harbor::report {
namespace {

constexpr std::array<std::string_view, 6> level_words = {"trace", "debug", "info",
                                                         "warn",  "error", "off"};

std::optional<LogLevel> level_of(std::string_view word) {
  const auto found = std::find(level_words.begin(), level_words.end(), word);
  if (found == level_words.end()) return std::nullopt;
  return static_cast<LogLevel>(std::distance(level_words.begin(), found));
}

LogTarget target_of(std::string_view text, const std::filesystem::path& folder) {
  if (text == "-") return {LogTarget::Kind::standard_error, {}};
  if (text == "syslog") return {LogTarget::Kind::syslog, {}};
  return {LogTarget::Kind::file, (folder / text).lexically_normal()};
}

[[noreturn]] void refuse(std::string_view word, std::string_view source) {
  const std::vector<std::string> levels(level_words.begin(), level_words.end());
  auto hint = did_you_mean(word, levels);
  if (hint.empty()) hint = "a file with a colon in its name is written with a slash: ./a:b";
  throw Error(diagnose(code::bad_usage,
                       std::string(source) + " takes LEVEL, TARGET or LEVEL:TARGET, and '" +
                           std::string(word) + "' is not a level",
                       {}, std::move(hint)));
}

}  // namespace

LogRequest parse_log_request(std::string_view text, const std::filesystem::path& folder,
                             std::string_view source) {
  LogRequest out;
  if (text.empty()) return out;
  out.level = level_of(text);
  if (out.level) return out;
  const auto colon = text.find(':');
  // A path may contain colons; a mistyped level must not become the name of a file.
  if (colon != std::string_view::npos &&
      text.substr(0, colon).find('/') == std::string_view::npos) {
    out.level = level_of(text.substr(0, colon));
    if (!out.level) refuse(text.substr(0, colon), source);
    text.remove_prefix(colon + 1);
    if (text.empty()) return out;
  }
  out.target = target_of(text, folder);
  return out;
}

std::optional<LogChoice> choose_log(std::string_view option, std::string_view variable,
                                    const std::filesystem::path& folder) {
  if (option.empty() && variable.empty()) return std::nullopt;
  const auto asked = parse_log_request(option, folder, "--log");
  const auto usual = parse_log_request(variable, folder, "HARBOR_LOG");
  LogChoice out;
  out.level = asked.level.value_or(usual.level.value_or(out.level));
  out.target = asked.target.value_or(usual.target.value_or(out.target));
  if (out.level == LogLevel::off) return std::nullopt;
  return out;
}

}  // namespace harbor::report
