#include "process/capture.hpp"

namespace harbor::process {

void Capture::add(std::string_view bytes) { add_text(repair_.feed(bytes)); }

void Capture::finish() {
  add_text(repair_.finish());
  if (on_line_) lines_.finish(on_line_);
}

void Capture::add_text(std::string_view text) {
  if (!truncated_) {
    const std::string_view kept = system::utf8_prefix(text, keep_ - text_.size());
    text_ += kept;
    truncated_ = kept.size() < text.size();
  }
  if (on_line_) lines_.feed(text, on_line_);
}

}  // namespace harbor::process
