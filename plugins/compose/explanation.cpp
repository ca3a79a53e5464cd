#include "explanation.hpp"

#include <algorithm>

namespace harbor::compose {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

}  // namespace

std::string explanation_of(const Selection& selection, const std::vector<Evidence>& evidence) {
  std::size_t width = 0;
  for (const FileReason& reason : selection.reasons) width = std::max(width, reason.file.size());
  std::string out;
  for (const FileReason& reason : selection.reasons) {
    out += reason.chosen ? "in   " : "out  ";
    out += padded(reason.file, width) + "  " + reason.why;
    if (!reason.rule.empty() && reason.rule != reason.file) out += " (" + reason.rule + ")";
    out += '\n';
  }
  for (const Evidence& found : evidence)
    out += (found.is_present ? "here " : "not  ") + padded(found.capability, width) + "  " +
           found.text + '\n';
  return out;
}

}  // namespace harbor::compose
