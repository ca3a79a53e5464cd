// JSON Schema draft 7: checking and defaults.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::plan {

/// What is wrong, and where (RFC 6901 into the value).
struct SchemaError {
  std::string pointer;
  std::string message;  ///< "must be an integer, is a string"
  std::string hint;     ///< "did you mean 'port'?"
  bool at_key = false;  ///< the key at `pointer` is at fault, not its value
};

/// A compiled schema; immutable, safe to share.
class Schema {
 public:
  /// Throws std::invalid_argument when `schema` is not a schema.
  explicit Schema(nlohmann::json schema);
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  [[nodiscard]] const nlohmann::json& definition() const noexcept { return definition_; }

  /// All errors of `value`. Properties named in `open` may be absent although they are required:
  /// their values come later.
  [[nodiscard]] std::vector<SchemaError> check(const nlohmann::json& value,
                                               const std::set<std::string>& open = {}) const;

  /// Puts the defaults of absent properties into `value`, also in nested objects that are present.
  void fill_defaults(nlohmann::json& value) const;

 private:
  struct Compiled;
  nlohmann::json definition_;
  std::unique_ptr<Compiled> compiled_;
};

/// Converts text to the type that a property's schema asks for if that is unambiguous ("8080" ->
/// 8080 for an integer): values from `${...}` and from the command line arrive as text.
void coerce(const nlohmann::json& schema, nlohmann::json& value);

}  // namespace harbor::plan
