#include "phrase.hpp"

#include <algorithm>
#include <charconv>

namespace harbor::docker {
namespace {

constexpr std::size_t longest_gap = 4096;

/// A gap, and the text after it up to the next one.
struct Piece {
  char gap;
  std::string_view text;
};

std::vector<Piece> pieces_of(std::string_view gaps) {
  std::vector<Piece> out;
  while (!gaps.empty()) {
    const std::size_t next = std::min(gaps.find('{', 3), gaps.size());
    out.push_back({gaps[1], gaps.substr(3, next - 3)});
    gaps.remove_prefix(next);
  }
  return out;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// How much of `text` a gap of this kind can take.
std::size_t reach(std::string_view text, char gap) {
  const auto fits = [gap](char c) {
    if (gap == 'n') return c >= '0' && c <= '9';
    return gap == 'w' ? !is_space(c) : c != '\n' && c != '\r';
  };
  const auto end = std::find_if_not(
      text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), longest_gap)),
      fits);
  return static_cast<std::size_t>(end - text.begin());
}

/// The contents of the gaps if `text` continues with `pieces`.
std::optional<std::vector<std::string>> match(std::string_view text,
                                              const std::vector<Piece>& pieces) {
  std::vector<std::string> found;
  for (const Piece& piece : pieces) {
    std::size_t size = reach(text, piece.gap);
    // The text after a word may begin with characters that could belong to the word.
    if (!piece.text.empty())
      size = text.substr(0, std::min(text.size(), size + piece.text.size())).find(piece.text);
    if (size == std::string_view::npos || (size == 0 && piece.gap != 'l')) return std::nullopt;
    found.emplace_back(text.substr(0, size));
    text.remove_prefix(size + piece.text.size());
  }
  return found;
}

}  // namespace

std::optional<std::vector<std::string>> find_phrase(std::string_view text,
                                                    std::string_view phrase) {
  const std::size_t first = std::min(phrase.find('{'), phrase.size());
  const std::string_view begin = phrase.substr(0, first);
  const auto pieces = pieces_of(phrase.substr(first));
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1))
    if (auto found = match(text.substr(at + begin.size()), pieces)) return found;
  return std::nullopt;
}

std::optional<std::vector<std::string>> find_phrase(
    std::string_view text, std::initializer_list<std::string_view> phrases) {
  for (const std::string_view phrase : phrases)
    if (auto found = find_phrase(text, phrase)) return found;
  return std::nullopt;
}

std::optional<std::string> line_before(std::string_view text, std::string_view end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto begin = text.rfind('\n', at);
  const auto from = begin == std::string_view::npos ? 0 : begin + 1;
  if (at - from > longest_gap) return std::nullopt;
  return std::string(text.substr(from, at - from));
}

std::optional<unsigned> number_of(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace harbor::docker
