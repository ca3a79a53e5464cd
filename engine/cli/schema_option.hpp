// Properties of an action's input schema as options on the command line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "plugin/registry.hpp"

namespace harbor::cli {

/// An option that sets a property.
struct SchemaOption {
  OptionSpec spec;
  std::string property;
  nlohmann::json schema;  ///< of the property
  bool negated = false;   ///< --no-NAME, for a property that is true by default
};

/// The options of an action with a face: its properties, except those that positionals fill and
/// those that are artifacts.
[[nodiscard]] std::vector<SchemaOption> face_options(const plugin::ActionInfo& action);

/// What actions take from the request beyond the kernel's own options: properties bound to
/// `request.NAME` are options of every command that runs or plans. `property` is NAME.
[[nodiscard]] std::vector<SchemaOption> request_options(const plugin::Registry& registry);

[[nodiscard]] std::vector<OptionSpec> specs_of(const std::vector<SchemaOption>& options);

/// The values that were given, as the schemas want them: lists are split at commas, numbers are
/// numbers.
[[nodiscard]] nlohmann::json values_of(const std::vector<SchemaOption>& options,
                                       const Arguments& arguments);

}  // namespace harbor::cli
