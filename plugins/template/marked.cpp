#include "marked.hpp"

#include <algorithm>
#include <utility>

#include <harbor/error.hpp>

namespace harbor::templating {
namespace {

// Control characters that no configuration holds; a text that does is taken as a whole.
constexpr std::string_view opening = "\x02\x0E\x03";
constexpr std::string_view closing = "\x02\x0F\x03";

bool holds_marks(std::string_view text) {
  return text.find(opening) != std::string_view::npos ||
         text.find(closing) != std::string_view::npos;
}

Marked without_marks(std::string_view text) {
  Marked out;
  std::size_t depth = 0;  // a value may be part of a longer one
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(opening), text.find(closing));
    out.text += text.substr(0, at);
    if (at == std::string_view::npos) break;
    const bool opens = text.substr(at).starts_with(opening);
    if (opens && depth++ == 0) out.secrets.push_back({out.text.size(), out.text.size()});
    if (!opens && depth > 0 && --depth == 0) out.secrets.back().end = out.text.size();
    text.remove_prefix(at + opening.size());
  }
  return out;
}

}  // namespace

std::string masked(std::string_view text, const std::vector<Stretch>& secrets) {
  std::string out;
  std::size_t done = 0;
  bool is_hidden = false;  // what was written last is a mask
  for (const Stretch& stretch : secrets) {
    if (stretch.begin == stretch.end) continue;
    if (!is_hidden || stretch.begin > done) {
      out += text.substr(done, stretch.begin - done);
      out += "******";
    }
    is_hidden = true;
    done = stretch.end;
  }
  return out.append(text.substr(done));
}

Marked followed(std::string_view text, const std::function<std::string(const Put&)>& expand) {
  bool is_usable = !holds_marks(text), has_secret = false;
  const Put put = [&](std::string value, bool is_secret) {
    has_secret |= is_secret;
    is_usable &= !holds_marks(value);
    if (!is_secret || !is_usable) return value;
    return std::string(opening) + value + std::string(closing);
  };
  try {
    std::string out = expand(put);
    if (is_usable) return without_marks(out);
    out = expand(put);  // without any mark this time
    const std::size_t size = has_secret ? out.size() : 0;
    return {std::move(out), {{0, size}}};
  } catch (Error& error) {
    error.message = without_marks(error.message).text;
    throw;
  }
}

}  // namespace harbor::templating
