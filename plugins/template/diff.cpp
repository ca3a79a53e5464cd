#include "diff.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace harbor::templating {
namespace {

constexpr std::size_t context = 3;
// Time and memory grow with the square of the edits: 1000 of them take 8 MB. Above that, nobody
// reads the shortest script anyway.
constexpr std::size_t most_edits = 1000;

using Lines = std::vector<std::string_view>;

/// With their newlines: a last line without one differs from one with it.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

/// One line of the script: ' ' in both texts, '-' in the old one, '+' in the new one.
struct Edit {
  char sign;
  std::string_view line;
};
using Script = std::vector<Edit>;

/// Myers' shortest script for [a, a_end) and [b, b_end), or all old and then all new lines.
void append_script(const Lines& a, std::size_t a_begin, std::size_t a_end, const Lines& b,
                   std::size_t b_begin, std::size_t b_end, Script& script) {
  const auto n = static_cast<std::ptrdiff_t>(a_end - a_begin);
  const auto m = static_cast<std::ptrdiff_t>(b_end - b_begin);
  const auto at_a = [&](std::ptrdiff_t x) { return a[a_begin + static_cast<std::size_t>(x)]; };
  const auto at_b = [&](std::ptrdiff_t y) { return b[b_begin + static_cast<std::size_t>(y)]; };
  const auto limit = std::min<std::ptrdiff_t>(n + m, most_edits);
  std::vector<std::ptrdiff_t> furthest(static_cast<std::size_t>(2 * limit + 3), 0);
  const auto reach = [&](std::ptrdiff_t k) -> std::ptrdiff_t& {
    return furthest[static_cast<std::size_t>(k + limit + 1)];
  };
  std::vector<std::vector<std::ptrdiff_t>> history;  // of each round the diagonals -d..d
  for (std::ptrdiff_t d = 0; d <= limit; ++d) {
    history.emplace_back();
    for (std::ptrdiff_t k = -d; k <= d; ++k) history.back().push_back(reach(k));
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && reach(k - 1) < reach(k + 1));
      std::ptrdiff_t x = down ? reach(k + 1) : reach(k - 1) + 1;
      while (x < n && x - k < m && at_a(x) == at_b(x - k)) ++x;
      reach(k) = x;
      if (x < n || x - k < m) continue;
      Script reversed;
      std::ptrdiff_t y = m;
      x = n;
      for (std::ptrdiff_t round = d; round > 0; --round) {
        const auto& previous = history[static_cast<std::size_t>(round)];
        const auto was = [&](std::ptrdiff_t diagonal) {
          return previous[static_cast<std::size_t>(diagonal + round)];
        };
        const auto diagonal = x - y;
        const bool came_down =
            diagonal == -round || (diagonal != round && was(diagonal - 1) < was(diagonal + 1));
        const auto from_x = came_down ? was(diagonal + 1) : was(diagonal - 1);
        const auto from_y = from_x - (came_down ? diagonal + 1 : diagonal - 1);
        while (x > from_x && y > from_y) reversed.push_back({' ', at_a(--x)}), --y;
        if (came_down)
          reversed.push_back({'+', at_b(--y)});
        else
          reversed.push_back({'-', at_a(--x)});
      }
      while (x > 0) reversed.push_back({' ', at_a(--x)});
      script.insert(script.end(), reversed.rbegin(), reversed.rend());
      return;
    }
  }
  for (std::ptrdiff_t x = 0; x < n; ++x) script.push_back({'-', at_a(x)});
  for (std::ptrdiff_t y = 0; y < m; ++y) script.push_back({'+', at_b(y)});
}

Script script_of(const Lines& a, const Lines& b) {
  // Most changes are a line or two in a long file: what is equal at both ends never reaches Myers.
  std::size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  Script script;
  for (std::size_t i = 0; i < head; ++i) script.push_back({' ', a[i]});
  append_script(a, head, a.size() - tail, b, head, b.size() - tail, script);
  for (std::size_t i = a.size() - tail; i < a.size(); ++i) script.push_back({' ', a[i]});
  return script;
}

void append_line(std::string& out, const Edit& edit) {
  out += edit.sign;
  // The diff goes to a terminal: an escape sequence in a file must not steer it.
  const bool has_end = edit.line.ends_with('\n');
  for (const char c : edit.line.substr(0, edit.line.size() - (has_end ? 1 : 0)))
    out += (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F ? '?' : c;
  out += has_end ? "\n" : "\n\\ No newline at end of file\n";
}

// As diff(1) has it, so that patch(1) reads it: an empty range names the line before it.
std::string range(std::size_t begin, std::size_t count) {
  return std::to_string(count == 0 ? begin : begin + 1) +
         (count == 1 ? std::string() : "," + std::to_string(count));
}

/// The script's lines [begin, end) as a hunk; `a` and `b` are the lines of each text before it.
void append_hunk(std::string& out, const Script& script, std::size_t begin, std::size_t end,
                 std::size_t a, std::size_t b) {
  std::size_t old_count = 0, new_count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    old_count += script[i].sign != '+' ? 1 : 0;
    new_count += script[i].sign != '-' ? 1 : 0;
  }
  out += "@@ -" + range(a, old_count) + " +" + range(b, new_count) + " @@\n";
  for (std::size_t i = begin; i < end; ++i) append_line(out, script[i]);
}

}  // namespace

std::string unified_diff(const std::string& name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines a = lines_of(before), b = lines_of(after);
  const Script script = script_of(a, b);
  std::string out = "--- " + (before.empty() ? std::string("/dev/null") : name) + "\n+++ " +
                    (after.empty() ? std::string("/dev/null") : name) + "\n";
  std::size_t old_line = 0, new_line = 0, done = 0;
  const auto pass = [&](std::size_t until) {
    for (; done < until; ++done) {
      old_line += script[done].sign != '+' ? 1 : 0;
      new_line += script[done].sign != '-' ? 1 : 0;
    }
  };
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (script[i].sign == ' ') continue;
    const std::size_t begin = std::max(done, i > context ? i - context : 0);
    std::size_t last = i;  // the hunk goes on while the next change is near
    for (std::size_t k = i; k < script.size() && k <= last + 2 * context; ++k)
      if (script[k].sign != ' ') last = k;
    const std::size_t end = std::min(script.size(), last + 1 + context);
    pass(begin);
    append_hunk(out, script, begin, end, old_line, new_line);
    pass(end);
    i = end - 1;
  }
  return out;
}

}  // namespace harbor::templating
