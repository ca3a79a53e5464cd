// What Harbor keeps of a child's output.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "process/line.hpp"
#include "system/utf8.hpp"

namespace harbor::process {

/// Takes bytes, keeps the first `keep` of them as valid UTF-8, and hands all of them on as lines.
class Capture {
 public:
  Capture(std::size_t keep, LineSplitter::Take on_line)
      : keep_(keep), on_line_(std::move(on_line)) {}

  void add(std::string_view bytes);
  void finish();

  [[nodiscard]] std::string take_text() noexcept { return std::move(text_); }
  [[nodiscard]] bool is_truncated() const noexcept { return truncated_; }
  [[nodiscard]] bool is_lossy() const noexcept { return repair_.is_lossy(); }

 private:
  void add_text(std::string_view text);

  std::size_t keep_;
  LineSplitter::Take on_line_;  // may be empty
  system::Utf8Repair repair_;
  LineSplitter lines_;
  std::string text_;
  bool truncated_ = false;
};

}  // namespace harbor::process
