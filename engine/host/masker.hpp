// Replaces secrets, and their usual encodings, in everything that leaves Harbor.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace harbor::host {

/// Finds every form of every value in one pass (Aho-Corasick). Forms: raw, base64 and base64url at three shifts,
/// percent-encoded (upper and lower hex, and as a query), JSON-escaped, shell-quoted; each line of a multi-line value
/// too. Values (and lines) of fewer than `shortest` bytes are not masked: they would hide half the text.
/// Thread-safe; a copy is cheap.
class Masker {
 public:
  static constexpr std::size_t shortest = 4;
  static constexpr std::string_view mask = "******";

  Masker();
  /// `value` gets all its forms. Amortised: the automaton is rebuilt at the next use.
  void add(std::string_view value);
  [[nodiscard]] bool is_empty() const;
  /// Overlapping matches become one mask.
  [[nodiscard]] std::string apply(std::string_view text) const;

  /// Masks a stream whose chunks may cut a secret anywhere: apply(a + b) == feed(a) + feed(b) + finish().
  /// A value that is added between two chunks is found from then on.
  class Stream {
   public:
    explicit Stream(const Masker& masker);
    [[nodiscard]] std::string feed(std::string_view chunk);
    [[nodiscard]] std::string finish();

   private:
    const Masker* masker_;
    std::string held_;
  };

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace harbor::host
