// H08xx: the command line.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr auto command_codes = std::to_array<Code>({
    {"H0801", "unknown-command", ExitStatus::usage, "No such command",
     R"(It is none of Harbor's own commands, no installed action has it as its face, and no program `harbor-NAME` is on PATH. `harbor help` lists what there is.)"},
    {"H0802", "bad-usage", ExitStatus::usage, "The command line cannot be read",
     R"(An option is not known, lacks its value, or an argument is missing. `harbor help COMMAND` shows how it is called.)"},
    {"H0803", "file-exists", ExitStatus::usage, "A file is already there",
     R"(`harbor init` writes into a folder that has no descriptor yet and overwrites nothing.)"},
    {"H0804", "unknown-subject", ExitStatus::usage, "Nothing goes by this name",
     R"(`harbor explain` takes a code, `harbor actions` the name of an action, `harbor history` the id of a run, `harbor help` a command.)"},
    {"H0805", "internal", ExitStatus::failed, "Harbor made a mistake",
     R"(This should not happen. Please report it together with the command and the message.)"},
});

}  // namespace harbor::report
