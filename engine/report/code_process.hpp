// H05xx: the processes that steps start.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view program_not_found = "H0501";
inline constexpr std::string_view program_not_started = "H0502";
inline constexpr std::string_view deadline_passed = "H0503";
inline constexpr std::string_view cancelled = "H0504";
inline constexpr std::string_view undeclared_effect = "H0505";
inline constexpr std::string_view spawn_not_read_only = "H0506";
}  // namespace code

inline constexpr auto process_codes = std::to_array<Code>({
    {code::program_not_found, ExitStatus::unavailable, "a program is not installed",
     R"(An action wanted to start a program that is in none of the folders of `PATH`. Harbor looks only at absolute
folders there: an empty entry and `.` are skipped, so that a project folder cannot slip in a program. Install
the program, or add its folder to `PATH`, and run the same command again; nothing was started.)"},
    {code::program_not_started, ExitStatus::failed, "a program could not be started",
     R"(The program was found, but the system refused to run it; the reason in the message is the system's own. Typical reasons:
the file is not executable (`Permission denied`), it is for another machine or lacks a `#!` line (`Exec format
error`), the working folder is missing (`No such file or directory`), or arguments and environment are too long
(`Argument list too long`). Try the program by hand from the folder that the message names.)"},
    {code::deadline_passed, ExitStatus::timeout, "a program did not end in time",
     R"(A program was still running when the step's time was up. Harbor asked it and its whole process group to end
(SIGTERM), waited for the grace period and then killed what was left (SIGKILL). Look at the last lines that it
printed in the step's log. Give the step more time with `timeout:` if the work simply takes long.)"},
    {code::cancelled, ExitStatus::interrupted, "the run was interrupted",
     R"(You, or the system, asked Harbor to stop while a program was running. The first Ctrl-C (or SIGTERM) asks the
program to end and waits for it; the second one kills it immediately. What was done so far is in the journal: the same
command continues from there, and `harbor destroy` takes it down.)"},
    {code::undeclared_effect, ExitStatus::denied,
     "an action did something that it does not declare",
     R"(Every action declares what it may do: start programs, use the network, read secrets, write files. This one called
a function of the host that needs an effect which it does not declare, and the host refused. This is a bug of the
pack that provides the action, not of your descriptor: report it to the pack's author. As the author, add the
effect to the action's `effects`.)"},
    {code::spawn_not_read_only, ExitStatus::denied,
     "a program that may change things would have been started while planning",
     R"(`check`, `plan` and `status` change nothing, so an action may start only programs that it marks as read-only
(`HARBOR_SPAWN_READ_ONLY`) there. This one did not mark it, and the host refused to start it. This is a bug of the
pack that provides the action: as its author, move the call to `execute`, or mark the spawn if the program only looks.)"},
});

}  // namespace harbor::report
