// What Harbor keeps of a child's output.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "process/line.hpp"
#include "system/utf8.hpp"

namespace harbor::process {

/// Takes bytes, keeps `keep` of them as valid UTF-8, and hands all of them on as lines. When there
/// is more, it keeps the first and the last half: the reason for a failure is at the end.
class Capture {
 public:
  Capture(std::size_t keep, LineSplitter::Take on_line)
      : keep_(keep), on_line_(std::move(on_line)) {}

  void add(std::string_view bytes);
  void finish();

  /// What was kept; a line marks the place where something was left out.
  [[nodiscard]] std::string take_text();
  [[nodiscard]] bool is_truncated() const noexcept { return truncated_; }
  [[nodiscard]] bool is_lossy() const noexcept { return repair_.is_lossy(); }

 private:
  void add_text(std::string_view text);
  void add_tail(std::string_view text);
  void cut_tail(std::size_t size);

  std::size_t keep_;
  LineSplitter::Take on_line_;  // may be empty
  system::Utf8Repair repair_;
  LineSplitter lines_;
  std::string text_;  // all of it, or the first half
  std::string
      tail_;  // of a text that is truncated: what follows, its beginning cut off now and then
  std::size_t left_out_ = 0;
  bool truncated_ = false;
};

}  // namespace harbor::process
