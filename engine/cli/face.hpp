// Actions as commands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "plugin/registry.hpp"

namespace harbor::cli {

/// An action with a face, found by the words of the command line.
struct FaceMatch {
  const plugin::ActionInfo* action = nullptr;
  std::size_t words = 1;  ///< how many words the command's name has
};

/// The face with the longest name that the words begin with; nothing without one.
[[nodiscard]] std::optional<FaceMatch> find_face(const plugin::Registry& registry,
                                                 const std::vector<std::string>& words);

/// All options that it takes: its own and those that actions read from the request.
[[nodiscard]] std::vector<OptionSpec> options_of_face(Invocation& call,
                                                      const plugin::ActionInfo& action);

/// "SERVICE..." as help shows it.
[[nodiscard]] std::string usage_of(const plugin::ActionInfo& action);

/// Plans and runs the action. The positional arguments fill its properties.
int run_face(Invocation& call, const plugin::ActionInfo& action);

}  // namespace harbor::cli
