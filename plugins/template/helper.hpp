// The helpers that a template may call: their names and what they take.
#pragma once

#include <cstddef>
#include <string_view>

#include "syntax.hpp"

namespace harbor::templating {

struct HelperRow {
  std::string_view name;
  Helper helper;
  bool is_block;
  std::size_t least;  ///< parameters
  std::size_t most;
  std::string_view usage;
};

/// The row of `name`; null for no helper.
const HelperRow* find_helper(std::string_view name);

/// The row of a helper other than `none`.
const HelperRow& row_of(Helper helper);

}  // namespace harbor::templating
