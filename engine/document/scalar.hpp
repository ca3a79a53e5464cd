// What a plain scalar is, by the core schema of YAML 1.2.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "document/value.hpp"

namespace harbor::document {

/// The kind of an unquoted text: null, boolean, integer, number or, failing these, string.
[[nodiscard]] Kind kind_of(std::string_view plain) noexcept;

/// The number that a text of kind integer or number stands for. An integer outside 64 bits becomes
/// a double.
[[nodiscard]] nlohmann::json number_of(std::string_view plain);

}  // namespace harbor::document
