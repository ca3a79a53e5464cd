// SHA-256.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace harbor::system {

/// The digest of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// Lower-case hex. Nothing may be added after it.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The digest of a whole text, in lower-case hex.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace harbor::system
