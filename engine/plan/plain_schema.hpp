// The part of JSON Schema that most schemas keep to. For it a look decides that a value fits; a
// validator, which has to be built for each schema first, is for the rest, and for what does not
// fit.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace harbor::plan {

/// "integer", "number", and what JSON calls its types.
[[nodiscard]] bool has_type(const nlohmann::json& value, const std::string& type);

/// Whether a schema says nothing that fits() does not know: types, fixed values, members, items and
/// their bounds.
[[nodiscard]] bool is_plain(const nlohmann::json& schema);

/// Whether the value is one of a plain schema for certain: false is not yet no. Properties named in
/// `open` may be absent.
[[nodiscard]] bool fits(const nlohmann::json& schema, const nlohmann::json& value,
                        const std::set<std::string>& open);

}  // namespace harbor::plan
