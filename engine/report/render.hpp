// Diagnostics for people and for programs.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "report/diagnostic.hpp"

namespace harbor::report {

/// One line of a source file.
struct SourceText {
  std::string text;
  bool is_masked = false;  ///< secrets in it were replaced: the file's columns no longer fit

  SourceText(std::string line, bool masked = false) : text(std::move(line)), is_masked(masked) {}
};

/// Reads one line of a source file, for the excerpt above the carets; nothing when it cannot be
/// read, or must not be shown.
using SourceLine =
    std::function<std::optional<SourceText>(const std::string& file, std::uint32_t line)>;

struct RenderOptions {
  bool color = false;
  unsigned width = 80;  ///< columns of the terminal; long messages are wrapped, excerpts are cut
                        ///< around the caret
};

/// Like a compiler: `error[H0101]: message`, `--> file:line:column`, the line with carets, notes,
/// `help: ...`. Never fails: a span whose file is gone still prints its place. Ends with a newline.
/// Control characters in any field are made visible, so that a message cannot move the terminal's
/// cursor.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const SourceLine& source,
                                 const RenderOptions& options);

/// The same as data:
/// {"code","severity","message","hint","exit","labels":[{"file","line","column","length","text"}],
/// "causes":[...]}.
[[nodiscard]] nlohmann::json to_json(const Diagnostic& diagnostic);

}  // namespace harbor::report
