// Help texts, made from the tables and schemas that the program itself uses.
#pragma once

#include <iosfwd>
#include <vector>

#include "cli/command.hpp"
#include "plugin/registry.hpp"

namespace harbor::cli {

/// `harbor help`: commands, actions with a face, programs on PATH.
void print_overview(Invocation& call);
void print_command_help(const Invocation& call, const Command& command,
                        const std::vector<OptionSpec>& options);
void print_face_help(const Invocation& call, const plugin::ActionInfo& action,
                     const std::vector<OptionSpec>& options);

/// `harbor actions NAME`: everything that the action's schemas say.
void print_action(std::ostream& out, const plugin::Pack& pack, const plugin::ActionInfo& action);

}  // namespace harbor::cli
