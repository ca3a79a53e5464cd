// Reads the members of a JSON object of unknown shape.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace harbor::plan {

/// Throws diagnostic H0223: what is wrong with a plan that is read. `at` is an RFC 6901 pointer
/// into the plan.
[[noreturn]] void refuse_plan(const std::string& at, const std::string& problem);

/// Reads members and throws as refuse_plan() does if one is missing, unknown or of the wrong type.
/// Refers to the object, which outlives it.
class Members {
 public:
  /// `known`: every member that there may be.
  Members(const nlohmann::json& object, std::string at,
          std::initializer_list<std::string_view> known);

  [[nodiscard]] const std::string& at() const noexcept { return at_; }
  [[nodiscard]] std::string at(const char* key) const { return at_ + "/" + key; }
  /// Null when it is not there.
  [[nodiscard]] const nlohmann::json* find(const char* key) const;
  [[nodiscard]] const nlohmann::json& need(const char* key) const;
  [[nodiscard]] const nlohmann::json& object(const char* key) const;
  /// An absent list is an empty one.
  [[nodiscard]] const nlohmann::json& list(const char* key) const;
  [[nodiscard]] std::string text(const char* key) const;
  /// As text(), and not empty.
  [[nodiscard]] std::string name(const char* key) const;
  /// An absent flag is false.
  [[nodiscard]] bool flag(const char* key) const;
  /// At most `most`.
  [[nodiscard]] std::uint64_t number(const char* key, std::uint64_t most) const;

 private:
  const nlohmann::json& object_;
  std::string at_;
};

/// The same for a value on its own.
[[nodiscard]] std::string text_of(const nlohmann::json& value, const std::string& at);
[[nodiscard]] std::uint64_t number_of(const nlohmann::json& value, const std::string& at,
                                      std::uint64_t most);

}  // namespace harbor::plan
