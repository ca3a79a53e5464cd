#include "narration.hpp"

#include <algorithm>
#include <regex>

#include "failure.hpp"

namespace harbor::docker {
namespace {

using Matches = std::match_results<std::string_view::const_iterator>;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c < 128 ? std::tolower(c) : c; });
  return text;
}

/// Compose's warnings that mean nothing to somebody who did not call it.
bool is_noise(std::string_view warning) {
  return warning.find("configured to build using Bake") != std::string_view::npos ||
         warning.find("No resource found to remove") != std::string_view::npos;
}

void warn(Context& context, const std::string& text) {
  static const std::regex unset("The \"([^\"]+)\" variable is not set");
  static const std::regex orphans(R"x(Found orphan containers \(\[([^\]]*)\]\))x");
  std::smatch found;
  if (std::regex_search(text, found, unset)) {
    context.warn(Error(HARBOR_E_INPUT, "compose.unset_variable",
                       "a compose file uses ${" + found[1].str() + "}, which has no value",
                       "set it in an env file of `prepare.env`, or name it under `fromHost`"));
  } else if (std::regex_search(text, found, orphans)) {
    context.warn(
        Error(HARBOR_E_FAILED, "compose.orphans",
              "containers of services that are no longer chosen are still there: " + found[1].str(),
              "`harbor up --remove-orphans` removes them"));
  } else if (!is_noise(text)) {
    context.warn(text);
  }
}

}  // namespace

std::optional<std::string> deed_in(std::string_view line, std::string_view project) {
  static const std::regex deed(
      R"(^ ?(?:(Container|Network|Volume|Image) )?(\S+)  ?([A-Z][a-z]+(?: [a-z]+)?)\s*$)");
  static const std::regex build(R"(^#\d+ \[(\S+(?: \d+/\d+)?)\] (.+)$)");
  Matches found;
  if (std::regex_match(line.begin(), line.end(), found, build))
    return "building " + found[1].str() + ": " + found[2].str();
  if (!std::regex_match(line.begin(), line.end(), found, deed)) return std::nullopt;
  std::string name = found[2].str();
  const std::string kind = lower(found[1].str());
  // Containers are joined by '-', networks and volumes by '_'.
  for (const char* joiner : {"-", "_"}) {
    const std::string prefix = std::string(project) + joiner;
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  const std::string shown = kind.empty() || kind == "container" ? name : kind + " " + name;
  return shown + " " + lower(found[3].str());
}

Process narrate(Context& context, Spawn spawn, const std::string& project) {
  spawn.capture = true;
  spawn.quiet = true;
  spawn.on_line = [&](int, std::string_view line) {
    if (const auto warning = warning_in(line)) return warn(context, *warning);
    if (const auto deed = deed_in(line, project)) context.progress(-1, *deed);
    if (line.find_first_not_of(' ') != std::string_view::npos) context.debug(line);
  };
  return context.spawn(spawn);
}

}  // namespace harbor::docker
