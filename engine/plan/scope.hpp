// What `${...}` can see, and values with their expressions resolved.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/value.hpp"
#include "report/diagnostic.hpp"

namespace harbor::plan {

/// The names in reach of a step. A plain name is looked for in the loop values, then in the env
/// artifact; dotted ones by their first word: `steps`, `hook`, `request`, `item`.
struct Scope {
  const nlohmann::json* env =
      nullptr;  ///< the artifact `env`, an object; null when there is none yet
  const nlohmann::json* item = nullptr;     ///< of forEach
  const nlohmann::json* index = nullptr;    ///< of forEach: the item's number, from 0
  const nlohmann::json* hook = nullptr;     ///< the payload of the hook point
  const nlohmann::json* request = nullptr;  ///< services, options, profile, site
  /// The output of a step; null when it has none. May be absent.
  std::function<const nlohmann::json*(std::string_view step)> output_of;

  /// The value of a name; null pointer when it is not set.
  [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
};

/// A reference to a secret: {"$secret": "..."}.
[[nodiscard]] bool is_secret(const nlohmann::json& value) noexcept;

/// True when `value` holds a `${` anywhere.
[[nodiscard]] bool is_dynamic(const document::Value& value);

/// The result of resolving; spans are those of the strings concerned.
struct Resolution {
  nlohmann::json value;
  report::Diagnostics diagnostics;  ///< errors and warnings
};

/// `value` with every string interpolated. A string that is just one reference becomes the
/// referenced value with its type (a list, a number, a secret); longer text may contain only
/// scalars, and no secret.
[[nodiscard]] Resolution resolve(const document::Value& value, const document::Sources& sources,
                                 const Scope& scope);

/// Reports every string in `value` whose expressions are malformed, regardless of the names'
/// values.
void check_expressions(const document::Value& value, const document::Sources& sources,
                       report::Diagnostics& diagnostics);

/// The truth of a `when` expression.
[[nodiscard]] bool holds(const document::Value& expression, const document::Sources& sources,
                         const Scope& scope, report::Diagnostics& diagnostics);

/// All names that `value` refers to, with the strings' marks.
struct Reference {
  std::string name;
  document::Mark mark;
};
void collect_references(const document::Value& value, std::vector<Reference>& into);
void collect_condition_references(const document::Value& expression, std::vector<Reference>& into);

/// Plain names that a `when` compares with something and that have no default if they are not set.
[[nodiscard]] std::vector<std::string> compared_names(const document::Value& expression);

}  // namespace harbor::plan
