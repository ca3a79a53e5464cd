// H02xx: stages, steps and plans.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view no_descriptor = "H0201";
inline constexpr std::string_view descriptor_version = "H0202";
inline constexpr std::string_view unknown_profile = "H0203";
inline constexpr std::string_view unknown_site = "H0204";
inline constexpr std::string_view invalid_name = "H0205";
inline constexpr std::string_view unknown_key = "H0206";
inline constexpr std::string_view wrong_type = "H0207";
inline constexpr std::string_view unknown_action = "H0210";
inline constexpr std::string_view duplicate_step_id = "H0212";
inline constexpr std::string_view bad_reference = "H0213";
inline constexpr std::string_view step_cycle = "H0214";
inline constexpr std::string_view bad_duration = "H0215";
inline constexpr std::string_view missing_artifact = "H0216";
inline constexpr std::string_view invalid_parameter = "H0217";
inline constexpr std::string_view unknown_section = "H0218";
inline constexpr std::string_view section_claimed_twice = "H0219";
inline constexpr std::string_view invalid_expression = "H0220";
inline constexpr std::string_view unknown_choice = "H0222";
inline constexpr std::string_view malformed_plan = "H0223";
inline constexpr std::string_view missing_capability = "H0224";
}  // namespace code

inline constexpr auto workflow_codes = std::to_array<Code>({
    {code::no_descriptor, ExitStatus::no_input, "No descriptor was found",
     R"(Harbor looks for `etc/harbor.yaml` in the current folder and in every folder above it, or takes the file that `-f` names. Change into a project, name it with `-C DIR`, or write a first descriptor with `harbor init`.)"},
    {code::descriptor_version, ExitStatus::invalid,
     "The descriptor's version is missing or not known",
     R"(A descriptor starts with `version: 1`, so that a later Harbor knows how to read it. Another number belongs to another release of Harbor.)"},
    {code::unknown_profile, ExitStatus::usage, "No such profile",
     R"(`--profile NAME` takes a name under `profiles:` in the descriptor. Without the option the profile `default` is used when the command line names no service.)"},
    {code::unknown_site, ExitStatus::usage, "No such site",
     R"(`--site NAME` takes the name of a file in `etc/sites/`: `NAME.yaml` is laid over the descriptor, `NAME.env` is a layer of the environment. At least one of them must exist.)"},
    {code::invalid_name, ExitStatus::invalid, "Not a valid name",
     R"(Names of services, options, sites and step ids become parts of paths and of command lines. They start with a letter or digit and go on with letters, digits, `.`, `_` and `-`, at most 64 characters; a step's id may not contain `.` or `-`.)"},
    {code::unknown_key, ExitStatus::invalid, "A key is not known here",
     R"(A key that nothing reads is most often a typo, and ignoring it would hide that. Correct it, remove it, or start it with `x-` if it is your own.)"},
    {code::wrong_type, ExitStatus::invalid, "A value has the wrong type",
     R"(This place needs another kind of value: a mapping, a list, text or a number. `harbor schema` prints the JSON Schema of the descriptor; an editor that knows it shows such errors while you type.)"},
    {code::unknown_action, ExitStatus::invalid, "No pack provides this action",
     R"(`harbor actions` lists the actions of all packs that were found. A pack that was refused does not count: `harbor plugin list` says why.)"},
    {code::duplicate_step_id, ExitStatus::invalid, "Two steps have the same id",
     R"(`needs:` and `${steps.ID.OUTPUT}` refer to steps by id, so each id must be unique in the whole descriptor, layers included.)"},
    {code::bad_reference, ExitStatus::invalid, "A reference leads nowhere",
     R"(`needs:` and `${steps.ID.OUTPUT}` may refer to steps that run earlier: in an earlier stage, or in the same one. Outputs are those that the action's schema names; `harbor actions NAME` lists them.)"},
    {code::step_cycle, ExitStatus::invalid, "Steps wait for one another",
     R"(A step without `needs` waits for every step above it in its stage; with `needs` it waits for the named ones. Together they form a cycle. Remove one of the marked `needs`.)"},
    {code::bad_duration, ExitStatus::invalid, "Not a duration",
     R"(Durations are numbers with a unit, joined: `500ms`, `30s`, `5m`, `1h30m`. At most 30 days.)"},
    {code::missing_artifact, ExitStatus::invalid, "A step needs an artifact that nothing provides",
     R"(Actions hand values to one another by name. The planner looks at the steps before this one, in the same stage and in the stages that come first, and found none that publishes the artifact. Add a step of one of the actions that publish it.)"},
    {code::invalid_parameter, ExitStatus::invalid, "A step's parameters do not fit its action",
     R"(Every action describes its parameters by a JSON Schema; `harbor actions NAME` prints it as text. The check happens before anything runs, and once more for values that are known only then.)"},
    {code::unknown_section, ExitStatus::invalid, "No action serves this section",
     R"(Besides `steps:` a stage holds sections, short forms of steps, which actions claim in their schemas. No installed pack claims this one.)"},
    {code::section_claimed_twice, ExitStatus::invalid, "Several actions serve this section",
     R"(Two packs claim the same section of a stage. Write the step out under `steps:` with the action that is meant.)"},
    {code::invalid_expression, ExitStatus::invalid, "An expression cannot be read",
     R"(`${...}` knows `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`, `${NAME?message}`, `${NAME:+other}`, `${NAME+other}` and `$$` for a dollar sign. `when:` adds `!`, `==`, `!=`, `&&`, `||` and brackets.)"},
    {code::unknown_choice, ExitStatus::invalid,
     "`use:` names a pack that does not provide the action",
     R"(`use: { ACTION: PACK-ID }` chooses between packs that provide the same action. The id is the one that `harbor plugin list` shows.)"},
    {code::malformed_plan, ExitStatus::invalid, "A written plan cannot be read", R"(A plan contains everything that its steps need, so that it runs later exactly as it was made. This one lacks a member, has one that Harbor does not know, or was written by another release of Harbor. Make a new one; plans are not meant to be edited.)"},
    {code::missing_capability, ExitStatus::invalid,
     "An action needs a capability that nothing provides",
     R"(A capability is something that an action relies on without naming its provider: `container.engine`, `tunnel`, `secret.store`. Actions declare which ones they need and which they provide; `harbor actions NAME` shows both. Install a pack that provides it, or choose one that is installed with `use:`.)"},
});

}  // namespace harbor::report
