// The table of the engine's failures, one row per code; `harbor explain` and docs/reference/errors
// are made from it.
#pragma once

#include <span>
#include <string_view>

#include "report/diagnostic.hpp"

namespace harbor::report {

/// A kind of failure. Codes are never renumbered or reused. H01xx document, H02xx workflow, H03xx
/// plugin, H04xx run, H05xx process, H06xx secret, H07xx store, H08xx command line.
struct Code {
  std::string_view id;  ///< "H0101"
  ExitStatus exit;
  std::string_view title;        ///< one line
  std::string_view explanation;  ///< why it happens and what to do; Markdown
};

/// All rows, ordered by id.
[[nodiscard]] std::span<const Code> codes() noexcept;

/// The row of `id`, or nullptr.
[[nodiscard]] const Code* find_code(std::string_view id) noexcept;

/// A diagnostic of the row `id`, which must exist: its exit status comes from there.
[[nodiscard]] Diagnostic diagnose(std::string_view id, std::string message,
                                  std::vector<Label> labels = {}, std::string hint = {});

}  // namespace harbor::report
