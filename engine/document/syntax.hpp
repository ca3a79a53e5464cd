// Turns syntax errors into helpful messages.
#pragma once

#include <optional>
#include <string_view>

#include "document/source_text.hpp"
#include "report/diagnostic.hpp"

namespace harbor::document {

/// What the YAML library said, and what is known about the place.
struct SyntaxError {
  std::string_view reason;             ///< the library's own words
  Position at;                         ///< where it gave up
  std::optional<Position> open;        ///< the innermost `[` or `{` that is open there
  std::optional<Position> open_quote;  ///< a quotation mark that is never closed
};

/// Codes H0101 and H0109.
[[nodiscard]] report::Diagnostic explain_syntax(const SourceText& source, const SyntaxError& error);

}  // namespace harbor::document
