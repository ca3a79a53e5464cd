// What commands print to standard output.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/invocation.hpp"

namespace harbor::cli {

/// A run as `--json` prints it.
[[nodiscard]] nlohmann::json to_json(const run::RunReport& report);

/// Prints diagnostics to standard error, or, with --json, as an object to standard output.
void print_diagnostics(const Invocation& call, const report::Diagnostics& diagnostics);

/// The outputs of the steps in `stages` that their schemas declare to be results.
[[nodiscard]] nlohmann::json results_of(const run::RunReport& report,
                                        const std::vector<std::string>& stages,
                                        plan::Catalog& catalog);

/// As text: lists as indented lines under their names, texts as they are.
void print_results(std::ostream& out, const nlohmann::json& results);

/// Indented, invalid UTF-8 replaced, with a newline.
void print_json(std::ostream& out, const nlohmann::json& value);

/// Columns as wide as their longest cell, the last one open; two spaces between. No header when
/// `header` is empty.
void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows);

}  // namespace harbor::cli
