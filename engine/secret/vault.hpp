// Secret values: locked into memory, left out of core dumps, wiped at the end, known elsewhere only
// by reference.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "secret/masker.hpp"

namespace harbor::secret {

/// Thread-safe. The memory for values comes from locked pages; failing to lock is reported by
/// is_locked(), not fatal.
class Vault {
 public:
  Vault();
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  /// Stores a copy and adds it to the masker before it returns. `name` is for messages. The same
  /// name and value give the same reference. References are random and say nothing about the value:
  /// "s:5f1c0e...".
  [[nodiscard]] std::string put(std::string_view name, std::string_view value);

  /// Calls `use` with the value; false when the reference is unknown. The view dies with the call.
  bool with(std::string_view reference,
            const std::function<void(std::string_view value)>& use) const;
  [[nodiscard]] std::optional<std::string> name_of(std::string_view reference) const;
  /// The names of the secrets that `text` contains in some form, each once. Slow: for messages.
  [[nodiscard]] std::vector<std::string> names_in(std::string_view text) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool is_locked() const noexcept;

  /// Knows every value that was put.
  [[nodiscard]] const Masker& masker() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Leaves this process out of core dumps and out of reach of other processes' ptrace; call before
/// the first secret.
void forbid_core_dumps();

}  // namespace harbor::secret
