#include "variable.hpp"

namespace harbor::compose {
namespace {

constexpr int deepest = 16;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

struct Piece {
  std::string_view literal;
  VariableUse use;
  bool is_variable = false;
};

std::size_t name_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_name(text[at])) ++at;
  return at;
}

/// The place of the brace that closes the one before `at`, or npos.
std::size_t closing(std::string_view text, std::size_t at) {
  for (int open = 1; at < text.size(); ++at) {
    if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      ++open;
      ++at;
    } else if (text[at] == '}' && --open == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// Takes one piece off the front; false at the end or where the braces do not match.
bool take(std::string_view& text, Piece& piece) {
  piece = {};
  if (text.empty()) return false;
  std::size_t dollar = text.find('$');
  if (dollar != 0) {
    piece.literal = text.substr(0, dollar);
    text.remove_prefix(piece.literal.size());
    return true;
  }
  const char next = text.size() > 1 ? text[1] : '\0';
  if (next == '{') {
    const std::size_t end = closing(text, 2);
    const std::size_t after = name_end(text, 2);
    if (end == std::string_view::npos || after == 2 || !is_name_start(text[2])) return false;
    std::string_view rest = text.substr(after, end - after);
    piece.is_variable = true;
    piece.use.name = text.substr(2, after - 2);
    const std::size_t mark = rest.empty() ? 0 : rest[0] == ':' ? 2 : 1;
    piece.use.mark = rest.substr(0, mark);
    piece.use.rest = rest.substr(std::min(mark, rest.size()));
    text.remove_prefix(end + 1);
    return true;
  }
  if (is_name_start(next)) {
    const std::size_t end = name_end(text, 1);
    piece.is_variable = true;
    piece.use.name = text.substr(1, end - 1);
    text.remove_prefix(end);
    return true;
  }
  piece.literal = text.substr(0, 1);
  text.remove_prefix(next == '$' ? 2 : 1);
  return true;
}

void collect(std::string_view text, std::vector<VariableUse>& out, int depth) {
  for (Piece piece; depth < deepest && take(text, piece);) {
    if (!piece.is_variable) continue;
    const std::string rest = piece.use.rest;
    out.push_back(std::move(piece.use));
    collect(rest, out, depth + 1);
  }
}

std::optional<std::string> replace(std::string_view text, const Lookup& lookup, int depth) {
  std::string out;
  if (depth > deepest) return std::nullopt;
  Piece piece;
  while (take(text, piece)) {
    if (!piece.is_variable) {
      out += piece.literal;
      continue;
    }
    const VariableUse& use = piece.use;
    std::optional<std::string> value = lookup(use.name);
    const bool is_strict = !use.mark.empty() && use.mark[0] == ':';
    const bool has_value = value && !(is_strict && value->empty());
    if (!use.mark.empty() && use.mark.back() == '+') {
      value = has_value ? replace(use.rest, lookup, depth + 1) : std::string();
    } else if (!has_value && !use.mark.empty() && use.mark.back() == '-') {
      value = replace(use.rest, lookup, depth + 1);
    } else if (!has_value) {
      return std::nullopt;
    }
    if (!value) return std::nullopt;
    out += *value;
  }
  return text.empty() ? std::optional(out) : std::nullopt;
}

}  // namespace

std::vector<VariableUse> variables_in(std::string_view text) {
  std::vector<VariableUse> uses;
  collect(text, uses, 0);
  return uses;
}

std::optional<std::string> substituted(std::string_view text, const Lookup& lookup) {
  return replace(text, lookup, 0);
}

}  // namespace harbor::compose
