// Makes invalid UTF-8 visible: what a program prints becomes text that JSON, logs and terminals can
// take.
#pragma once

#include <string>
#include <string_view>

namespace harbor::system {

/// Replaces invalid bytes by U+FFFD, one for each maximal part of a character that could have
/// become valid (Unicode 15, table 3-8). A character may be split between two chunks.
class Utf8Repair {
 public:
  [[nodiscard]] std::string feed(std::string_view chunk);
  /// The replacement for a character that was never completed.
  [[nodiscard]] std::string finish();
  /// Whether something was replaced so far.
  [[nodiscard]] bool is_lossy() const noexcept { return lossy_; }

 private:
  std::string held_;  // the beginning of a character, at most 3 bytes
  bool lossy_ = false;
};

[[nodiscard]] std::string repair_utf8(std::string_view bytes);

/// The longest prefix of valid UTF-8 `text` that has at most `size` bytes and cuts no character.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t size) noexcept;

}  // namespace harbor::system
