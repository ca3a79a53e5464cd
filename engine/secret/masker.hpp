// Replaces secrets, and their usual encodings, in everything that leaves Harbor.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::secret {

/// Finds every form of every value in one pass (Aho-Corasick). Forms: raw, base64 and base64url at
/// three shifts, percent-encoded (upper and lower hex, and as a query), JSON-escaped, shell-quoted,
/// as Go quotes it; each line of a multi-line value too (see form.hpp). Values, lines and forms of
/// fewer than `shortest` bytes are not masked: they would hide half the text. If a form is cut off
/// ("abcdefgh..."), 8 or more of its first bytes are masked as well. Matches that overlap or touch
/// become one mask. Thread-safe; a copy is cheap and shares the values, which are wiped with the
/// last copy.
class Masker {
 public:
  static constexpr std::size_t shortest = 4;
  static constexpr std::string_view mask = "******";

  Masker();
  /// Adds all forms of `value`. Amortised: the automaton is rebuilt at the next use.
  void add(std::string_view value);
  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] std::string apply(std::string_view text) const;
  /// The parts of `text` that apply() would mask, in order.
  [[nodiscard]] std::vector<std::string_view> find(std::string_view text) const;

  class Stream;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Masks a stream whose chunks may cut a secret anywhere: apply(a + b) == feed(a) + feed(b) +
/// finish(). A value that is added between two chunks is found from then on.
class Masker::Stream {
 public:
  explicit Stream(const Masker& masker) : masker_(masker) {}
  [[nodiscard]] std::string feed(std::string_view chunk);
  [[nodiscard]] std::string finish();
  /// The same for a stream that may have ended in the middle of a secret.
  [[nodiscard]] std::string finish_cut();
  /// For a person who waits for a prompt or an echo: hands out what is held back although a secret
  /// may begin there, but at most `shortest` - 1 bytes of that secret. If a secret does begin
  /// there, the rest of it is still masked.
  [[nodiscard]] std::string release();

 private:
  enum class End { open, whole, cut };
  [[nodiscard]] std::string advance(std::string_view chunk, End end);

  Masker masker_;
  std::string held_;         // the end of the text, where a form may have begun
  std::size_t covered_ = 0;  // so many of its first bytes belong to a form that has ended
  std::size_t shown_ = 0;    // so many of its first bytes are handed out, or need not be
  bool after_mask_ = false;  // a mask was handed out last
};

}  // namespace harbor::secret
