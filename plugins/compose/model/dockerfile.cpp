#include "dockerfile.hpp"

#include <algorithm>
#include <sstream>

#include "short_form.hpp"

namespace harbor::compose {
namespace {

/// The instructions, with continued lines joined and without comments.
std::vector<std::string> instructions_in(std::string_view text) {
  std::vector<std::string> out;
  std::string whole;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    const std::size_t last = line.find_last_not_of(" \t\r");
    const bool goes_on = line[last] == '\\';
    whole += line.substr(first, goes_on ? last - first : last + 1 - first) + " ";
    if (goes_on) continue;
    out.push_back(std::move(whole));
    whole.clear();
  }
  if (!whole.empty()) out.push_back(std::move(whole));
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c < 128 ? std::toupper(c) : c; });
  return text;
}

/// False for a custom frontend or another escape character, where words may mean anything.
bool is_plain(std::string_view text) {
  return text.find("# syntax") == std::string_view::npos &&
         text.find("#syntax") == std::string_view::npos &&
         text.find("escape=") == std::string_view::npos;
}

/// A source, relative to the context; for a pattern, the folder in which it begins.
std::string base_of(const std::string& source) {
  const std::size_t star = source.find_first_of("*?[");
  std::string path = source;
  if (star != std::string::npos) {
    const std::size_t slash = source.rfind('/', star);
    path = slash == std::string::npos ? "." : source.substr(0, slash);
  }
  path = clean_path("/" + path);
  return path == "/" ? "." : path.substr(1);
}

/// Adds the sources of a COPY or ADD; false if they cannot be determined.
bool add_sources(const std::string& instruction, std::istringstream& words,
                 std::vector<std::string>& out) {
  if (instruction.find_first_of("$[<\"'") != std::string::npos) return false;
  std::vector<std::string> given;
  for (std::string word; words >> word;) {
    if (word.starts_with("--from=")) return true;
    if (!word.starts_with("--")) given.push_back(std::move(word));
  }
  for (std::size_t i = 0; i + 1 < given.size(); ++i)
    if (given[i].find("://") == std::string::npos) out.push_back(base_of(given[i]));
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> copied_files(std::string_view dockerfile) {
  std::vector<std::string> out;
  if (!is_plain(dockerfile)) return std::nullopt;
  for (const std::string& instruction : instructions_in(dockerfile)) {
    std::istringstream words(instruction);
    std::string verb;
    words >> verb;
    verb = upper(verb);
    const bool takes = verb == "COPY" || verb == "ADD";
    if (takes && !add_sources(instruction, words, out)) return std::nullopt;
    if (verb == "ONBUILD" || instruction.find("--mount") != std::string::npos) return std::nullopt;
  }
  return out;
}

}  // namespace harbor::compose
