#include "ignore_file.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <span>

#include "short_form.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

using Parts = std::span<const std::string>;

/// A pattern that matches a folder matches everything beneath it, so the path may continue after
/// it.
bool matches(Parts pattern, Parts path) {
  if (pattern.empty()) return true;
  if (pattern.front() == "**") {
    // A trailing `**` matches anything, but not nothing.
    if (pattern.size() == 1) return !path.empty();
    for (std::size_t skipped = 0; skipped <= path.size(); ++skipped)
      if (matches(pattern.subspan(1), path.subspan(skipped))) return true;
    return false;
  }
  return !path.empty() && ::fnmatch(pattern.front().c_str(), path.front().c_str(), 0) == 0 &&
         matches(pattern.subspan(1), path.subspan(1));
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

}  // namespace

std::vector<IgnoreRule> parse_ignore_file(std::string_view text) {
  std::vector<IgnoreRule> rules;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    IgnoreRule rule;
    rule.is_exception = line.front() == '!';
    if (rule.is_exception) line = trimmed(line.substr(1));
    rule.parts = parts_of(clean_path(line));
    if (!rule.parts.empty() && rule.parts.front() != ".") rules.push_back(std::move(rule));
  }
  return rules;
}

bool is_ignored(const std::vector<IgnoreRule>& rules, std::string_view path) {
  const auto parts = parts_of(path);
  const auto last = std::find_if(rules.rbegin(), rules.rend(), [&](const IgnoreRule& rule) {
    return matches(rule.parts, parts);
  });
  return last != rules.rend() && !last->is_exception;
}

bool has_exceptions(const std::vector<IgnoreRule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const IgnoreRule& rule) { return rule.is_exception; });
}

}  // namespace harbor::compose
