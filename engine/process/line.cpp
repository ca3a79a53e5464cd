#include "process/line.hpp"

#include "system/utf8.hpp"

namespace harbor::process {

void LineSplitter::feed(std::string_view text, const Take& take) {
  while (!text.empty()) {
    // A carriage return ends a line as well, since progress bars redraw theirs; one before a
    // newline, even in the chunk before, ends it once.
    if (after_return_ && text.front() == '\n') text.remove_prefix(1);
    after_return_ = false;
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return extend(text, take);
    after_return_ = text[end] == '\r';
    end_line(text.substr(0, end), take);
    text.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const Take& take) {
  if (!line_.empty()) end_line({}, take);
}

void LineSplitter::end_line(std::string_view rest, const Take& take) {
  if (line_.empty() && rest.size() <= longest) return take(rest);
  extend(rest, take);
  take(line_);
  line_.clear();
}

void LineSplitter::extend(std::string_view text, const Take& take) {
  while (line_.size() + text.size() > longest) {
    const std::string_view part = system::utf8_prefix(text, longest - line_.size());
    line_ += part;
    take(line_);
    line_.clear();
    text.remove_prefix(part.size());
  }
  line_ += text;
}

}  // namespace harbor::process
