// The part of JSON Schema that most schemas use. For it, fits() decides quickly that a value is
// valid; a validator, which must first be built for each schema, is for other schemas and for
// values that do not fit.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace harbor::plan {

/// "integer", "number", and the names of JSON's types.
[[nodiscard]] bool has_type(const nlohmann::json& value, const std::string& type);

/// Whether a schema has only what fits() knows: types, fixed values, members, items and their
/// bounds.
[[nodiscard]] bool is_plain(const nlohmann::json& schema);

/// True if the value certainly fits a plain schema; false means that the validator has to decide.
/// Properties named in `open` may be absent.
[[nodiscard]] bool fits(const nlohmann::json& schema, const nlohmann::json& value,
                        const std::set<std::string>& open);

}  // namespace harbor::plan
