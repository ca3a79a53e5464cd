#include "narration.hpp"

#include <algorithm>

#include "failure.hpp"
#include "phrase.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c < 128 ? std::tolower(c) : c; });
  return text;
}

/// Compose's warnings that mean nothing to somebody who did not call Compose.
bool is_noise(std::string_view warning) {
  // compose.up warns of orphans: it knows whether only a part was asked for.
  return warning.find("Found orphan containers") != std::string_view::npos ||
         warning.find("configured to build using Bake") != std::string_view::npos ||
         warning.find("No resource found to remove") != std::string_view::npos;
}

void warn(Context& context, const std::string& text) {
  if (const auto unset = find_phrase(text, "The \"{l}\" variable is not set")) {
    context.warn(Error(HARBOR_E_INPUT, "compose.unset_variable",
                       "a compose file uses ${" + unset->front() + "}, which has no value",
                       "set it in an env file of `prepare.env`, or name it under `fromHost`"));
  } else if (!is_noise(text)) {
    context.warn(text);
  }
}

/// Compose's own lines are never longer.
constexpr std::size_t longest_deed = 1024;
constexpr std::size_t shown_command = 200;
/// Bytes per command: a build that prints without end must not fill the disk with a log.
constexpr std::size_t most_retold = std::size_t{4} << 20;

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\r') || text.ends_with('\t')) text.remove_suffix(1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

/// "#7 [web 2/5] RUN make"
std::optional<std::string> build_step(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  const auto number = line.find_first_not_of("0123456789", 1);
  if (number == 1 || number == std::string_view::npos || line.substr(number, 2) != " [")
    return std::nullopt;
  const auto close = line.find("] ", number);
  if (close == std::string_view::npos || close > longest_deed) return std::nullopt;
  return "building " + std::string(line.substr(number + 2, close - number - 2)) + ": " +
         std::string(line.substr(close + 2, shown_command));
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/// Where the deed of "web  Started" or "demo-web-1  Is healthy" begins: a capital, then small
/// letters, in one word or two.
std::size_t deed_at(std::string_view line) {
  auto at = line.size();
  for (int words = 0; words < 2; ++words) {
    auto begin = at;
    while (begin > 0 && is_lower(line[begin - 1])) --begin;
    if (begin == at || begin == 0) return std::string_view::npos;
    if (line[begin - 1] >= 'A' && line[begin - 1] <= 'Z') return begin - 1;
    if (line[begin - 1] != ' ') return std::string_view::npos;
    at = begin - 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<std::string> deed_in(std::string_view line, std::string_view project) {
  if (auto step = build_step(line)) return step;
  if (line.size() > longest_deed) return std::nullopt;
  line = trimmed(line);
  const auto deed = deed_at(line);
  if (deed == std::string_view::npos || deed == 0 || line[deed - 1] != ' ') return std::nullopt;
  std::string_view subject = trimmed(line.substr(0, deed));
  std::string kind;
  for (const std::string_view word : {"Container ", "Network ", "Volume ", "Image "}) {
    if (!subject.starts_with(word)) continue;
    kind = lower(std::string(trimmed(word)));
    subject = trimmed(subject.substr(word.size()));
  }
  if (subject.empty() || subject.find(' ') != std::string_view::npos) return std::nullopt;
  std::string name(subject);
  // Containers are joined by '-', networks and volumes by '_'.
  for (const char* joiner : {"-", "_"}) {
    const std::string prefix = std::string(project) + joiner;
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  const std::string shown = kind.empty() || kind == "container" ? name : kind + " " + name;
  return shown + " " + lower(std::string(line.substr(deed)));
}

Process narrate(Context& context, Spawn spawn, const std::string& project) {
  spawn.capture = true;
  spawn.quiet = true;
  watch_engine(context, spawn);
  std::size_t retold = 0;
  spawn.on_line = [&](int, std::string_view line) {
    const bool is_too_much = retold > most_retold;
    retold += line.size();
    if (const auto warning = warning_in(line))
      return is_too_much ? void() : warn(context, *warning);
    if (const auto deed = deed_in(line, project)) context.progress(-1, *deed);
    if (line.find_first_not_of(' ') == std::string_view::npos || is_too_much) return;
    context.debug(retold > most_retold ? "it prints more than 4 MiB: the rest is not shown" : line);
  };
  return context.spawn(spawn);
}

}  // namespace harbor::docker
