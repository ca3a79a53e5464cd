// H08xx: the command line.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view unknown_command = "H0801";
inline constexpr std::string_view bad_usage = "H0802";
inline constexpr std::string_view file_exists = "H0803";
inline constexpr std::string_view unknown_subject = "H0804";
inline constexpr std::string_view internal = "H0805";
inline constexpr std::string_view no_resources = "H0806";
}  // namespace code

inline constexpr auto command_codes = std::to_array<Code>({
    {code::unknown_command, ExitStatus::usage, "No such command",
     R"(It is none of Harbor's own commands, no installed action has it as its command, and no program `harbor-NAME` is on PATH. `harbor help` lists all commands.)"},
    {code::bad_usage, ExitStatus::usage, "The command line cannot be read",
     R"(An option is unknown or lacks its value, or an argument is missing. `harbor help COMMAND` shows the usage.)"},
    {code::file_exists, ExitStatus::usage, "A file is already there",
     R"(`harbor init` writes into a folder that has no descriptor yet and overwrites nothing.)"},
    {code::unknown_subject, ExitStatus::usage, "Nothing has this name",
     R"(`harbor explain` takes a code, `harbor actions` the name of an action, `harbor history` the id of a run, `harbor help` a command.)"},
    {code::internal, ExitStatus::failed, "Harbor made a mistake",
     R"(This should not happen. Please report it together with the command and the message.)"},
    {code::no_resources, ExitStatus::unavailable, "The system's limits are too low for Harbor",
     R"(A limit was reached: memory, open files, processes or threads, or the size of the stack. `ulimit -a` shows the limits of the shell; those of a service are set in its unit, those of a user in /etc/security/limits.conf.)"},
});

}  // namespace harbor::report
