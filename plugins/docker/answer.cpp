#include "answer.hpp"

#include <algorithm>
#include <sstream>

namespace harbor::docker {
namespace {

constexpr std::size_t shown = 60;
constexpr std::size_t longest_word = 255;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

const json* member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

Error garbled(std::string_view command, std::string_view found) {
  std::string excerpt(found.substr(0, shown));
  // A cut in the middle of a character would make the message invalid UTF-8.
  while (!excerpt.empty() && found.size() > shown &&
         (static_cast<unsigned char>(excerpt.back()) & 0x80U) != 0)
    excerpt.pop_back();
  std::replace_if(
      excerpt.begin(), excerpt.end(),
      [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }, ' ');
  if (found.size() > shown) excerpt += "...";
  return {HARBOR_E_UNAVAILABLE, "compose.garbled",
          "`" + std::string(command) + "` printed what is no answer: " +
              (found.empty() ? std::string("nothing") : "'" + excerpt + "'"),
          "run it by hand; `docker` may be a wrapper that prints something of its own"};
}

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > longest_word || !(is_alphanumeric(text[0]) || text[0] == '_'))
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == '-' || c == '+' || c == '~';
  });
}

std::vector<std::string> words_in(const Process& process, std::string_view command) {
  auto lines = lines_of(process.out);
  for (const std::string& line : lines)
    if (!is_word(line)) throw garbled(command, line);
  return lines;
}

std::vector<json> objects_in(const Process& process, std::string_view command) {
  std::vector<json> objects;
  for (const std::string& line : lines_of(process.out)) {
    objects.push_back(json::parse(line, nullptr, false));
    if (!objects.back().is_object()) throw garbled(command, line);
  }
  return objects;
}

std::string text_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found && found->is_string() ? found->get<std::string>() : std::string();
}

int number_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found && found->is_number_integer() ? found->get<int>() : 0;
}

bool flag_at(const json& object, const char* key) {
  const json* found = member(object, key);
  return found && found->is_boolean() && found->get<bool>();
}

const json& object_at(const json& object, const char* key) {
  static const json none = json::object();
  const json* found = member(object, key);
  return found && found->is_object() ? *found : none;
}

}  // namespace harbor::docker
