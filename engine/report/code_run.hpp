// H04xx: running steps.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view silent_failure = "H0401";
inline constexpr std::string_view artifact_not_published = "H0404";
inline constexpr std::string_view invalid_output = "H0405";
inline constexpr std::string_view broken_contract = "H0406";
inline constexpr std::string_view step_does_not_stop = "H0407";
inline constexpr std::string_view unset_variable = "H0409";
inline constexpr std::string_view required_variable = "H0410";
inline constexpr std::string_view not_a_list = "H0411";
}  // namespace code

inline constexpr auto run_codes = std::to_array<Code>({
    {code::silent_failure, ExitStatus::failed, "An action failed and did not say why",
     R"(The action ended with a failure and recorded no message. This is a defect of its pack; `--verbose` shows what it logged.)"},
    {code::artifact_not_published, ExitStatus::failed,
     "An artifact was not there when a step needed it",
     R"(The step that publishes it was skipped, or ended without publishing it. Give both steps the same `when:`.)"},
    {code::invalid_output, ExitStatus::failed, "An action's output does not match its schema",
     R"(The pack's schema promises a different output. This is a defect of the pack; nothing was published.)"},
    {code::broken_contract, ExitStatus::failed, "A pack broke the rules of the boundary",
     R"(For example, it handed over something that is not JSON, or let an exception escape. This is a defect of the pack.)"},
    {code::step_does_not_stop, ExitStatus::failed,
     "A step did not react to its deadline or to a cancellation",
     R"(Harbor asked the step to end, waited, and then ended itself without it, since code inside the process cannot be stopped from outside. Processes that the step had started were ended. This is a defect of the pack.)"},
    {code::unset_variable, ExitStatus::invalid, "A variable is not set",
     R"(As in env files, a variable that is not set becomes empty text, with this warning. Give it a value in an env file, or a default: `${NAME:-...}`.)"},
    {code::required_variable, ExitStatus::invalid, "A required variable has no value",
     R"(The text asks for the variable with `${NAME:?message}`, and it is not set or empty.)"},
    {code::not_a_list, ExitStatus::invalid, "`forEach` refers to something that is not a list",
     R"(Write a list, or a reference to an output or loop value that is one.)"},
});

}  // namespace harbor::report
