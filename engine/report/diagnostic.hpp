// What Harbor has to say about a failure, as data. A leaf: the renderers are elsewhere.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "report/exit_status.hpp"

namespace harbor::report {

/// A place in a text file. Lines and columns count from 1, columns and length in bytes; 0 is
/// unknown.
struct Span {
  std::string file;  ///< relative to the project folder where it can be
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

/// A span, and what to say about it.
struct Label {
  Span span;
  std::string text;

  friend bool operator==(const Label&, const Label&) = default;
};

enum class Severity : std::uint8_t { error, warning };

/// A complete failure: stable code ("H0103", or a pack's dotted "acme.quota"), one sentence without
/// a full stop, places (primary first), causes (outermost first) and a hint.
struct Diagnostic {
  std::string code;
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> causes;
  std::string hint;
  Severity severity = Severity::error;
  ExitStatus exit =
      ExitStatus::failed;   ///< what the process ends with when this is its first error
  std::string detail = {};  ///< what a pack adds for programs: a JSON object as text, or empty

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// The first error, or the first warning if there is no error; `diagnostics` is not empty.
[[nodiscard]] inline const Diagnostic& first_error(const Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == Severity::error) return diagnostic;
  return diagnostics.front();
}

/// Carries diagnostics up to the code that renders them. Contains at least one error when thrown.
class Error : public std::exception {
 public:
  explicit Error(Diagnostic diagnostic) : diagnostics_{std::move(diagnostic)} {}
  explicit Error(Diagnostics diagnostics) : diagnostics_(std::move(diagnostics)) {}

  [[nodiscard]] const Diagnostics& diagnostics() const noexcept { return diagnostics_; }
  [[nodiscard]] const char* what() const noexcept override {
    return diagnostics_.empty() ? "error" : diagnostics_.front().message.c_str();
  }

 private:
  Diagnostics diagnostics_;
};

}  // namespace harbor::report
