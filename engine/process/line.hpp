// Cuts a stream of text into lines.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace harbor::process {

/// Lines end at "\n", "\r\n" and at a lone "\r" (progress bars); a line of more than `longest`
/// bytes is handed out in parts that split no character. The text is valid UTF-8, and its chunks
/// split no character.
class LineSplitter {
 public:
  static constexpr std::size_t longest = 64 * 1024;
  using Take = std::function<void(std::string_view line)>;

  void feed(std::string_view text, const Take& take);
  /// Hands out a last line that has no end.
  void finish(const Take& take);

 private:
  void end_line(std::string_view rest, const Take& take);
  void extend(std::string_view text, const Take& take);

  std::string line_;
  bool after_return_ = false;  // a "\n" now belongs to the "\r" before it
};

}  // namespace harbor::process
