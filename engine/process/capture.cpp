#include "process/capture.hpp"

namespace harbor::process {

void Capture::add(std::string_view bytes) { add_text(repair_.feed(bytes)); }

void Capture::finish() {
  add_text(repair_.finish());
  if (on_line_) lines_.finish(on_line_);
}

void Capture::add_text(std::string_view text) {
  if (!truncated_ && text.size() <= keep_ - text_.size()) {
    text_ += text;
  } else {
    add_tail(text);
  }
  if (on_line_) lines_.feed(text, on_line_);
}

void Capture::add_tail(std::string_view text) {
  const std::size_t half = keep_ / 2;
  if (!truncated_) {
    truncated_ = true;
    text_ += text;
    const std::size_t first = system::utf8_prefix(text_, half).size();
    tail_ = text_.substr(first);
    text_.resize(first);
  } else {
    tail_ += text;
  }
  // Not at every piece: moving half of what is kept each time would take quadratic time.
  if (tail_.size() > 2 * half) cut_tail(half);
}

void Capture::cut_tail(std::size_t size) {
  if (tail_.size() <= size) return;
  std::size_t from = tail_.size() - size;
  while (from < tail_.size() && (static_cast<unsigned char>(tail_[from]) & 0xC0U) == 0x80U) ++from;
  left_out_ += from;
  tail_.erase(0, from);
}

std::string Capture::take_text() {
  if (!truncated_ || keep_ == 0) return std::move(text_);
  cut_tail(keep_ / 2);
  return std::move(text_) + "\n[" + std::to_string(left_out_) + " bytes are left out here]\n" +
         std::move(tail_);
}

}  // namespace harbor::process
