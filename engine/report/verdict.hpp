// What a list of diagnostics amounts to.
#pragma once

#include <algorithm>

#include "report/diagnostic.hpp"

namespace harbor::report {

/// Whether one of them is an error; warnings are not.
[[nodiscard]] inline bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
}

/// The exit status of the first error; `otherwise` when there is none.
[[nodiscard]] inline ExitStatus exit_of(const Diagnostics& diagnostics, ExitStatus otherwise) {
  return has_errors(diagnostics) ? first_error(diagnostics).exit : otherwise;
}

}  // namespace harbor::report
