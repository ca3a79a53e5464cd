// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::env {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_NOT_FOUND, "env.missing_file", "an env file does not exist",
     "A source names a file that is not there. Create it, correct the path, which starts at the "
     "project folder, or mark the source `optional: true`."},
    {HARBOR_E_IO, "env.unreadable_file", "an env file cannot be read",
     "It exists, but is not a regular file, or you may not read it. The message gives the system's "
     "reason."},
    {HARBOR_E_DENIED, "env.outside", "an env file leads out of the project",
     "It is a symbolic link to something outside, or in a folder that is one. The files that a "
     "project "
     "reads must be in it: copy the file, or name the variables under `fromHost`."},
    {HARBOR_E_INPUT, "env.bad_path", "a source is not inside the project",
     "Files are named relative to the project folder, without `..`."},
    {HARBOR_E_DENIED, "env.denied_name", "a file sets a variable that changes Harbor's tools",
     "Some variables control every program that inherits them: the loader (LD_*), shells, "
     "interpreters, git, docker (DOCKER_*, COMPOSE_*) and sops. A file of the project may not set "
     "them unless the descriptor allows it by name: `prepare: { env: { allow: [COMPOSE_PROFILES] } "
     "}`."},
    {HARBOR_E_INPUT, "env.too_large", "an env file is too large",
     "A file may have 1 MiB, and its values 16 MiB in total once their references are resolved."},
    {HARBOR_E_INPUT, "env.bad_name", "a line is not an assignment",
     "A line is `NAME=value`, with or without `export`, or just a name. Names consist of letters, "
     "digits, `_`, `.` and `-`."},
    {HARBOR_E_INPUT, "env.unterminated_quote", "a quote is not closed",
     "A value that starts with a quote ends with the same one, on this line or a later one. `\\'` "
     "or `\\\"` is a quote inside."},
    {HARBOR_E_INPUT, "env.bad_reference", "a reference in a value cannot be resolved",
     "Values may hold `${NAME}` with `:-`, `-`, `:?`, `?`, `:+`, `+`, and `$$` for a dollar sign; "
     "in single quotes nothing is resolved."},
    {HARBOR_E_INPUT, "env.required", "a required variable has no value",
     "The value requires a variable with `${NAME:?message}`, and it is not set or empty."},
    {HARBOR_E_INPUT, "env.nul_byte", "an env file holds a NUL byte",
     "Save it as plain UTF-8 text."},
    {HARBOR_E_INPUT, "env.unset_reference", "a variable in a value is not set",
     "It became empty text, as in Compose. Give it a value, or a default: `${NAME:-...}`."},
    {HARBOR_E_INPUT, "env.text_after_quote", "text after a closing quote",
     "Compose ignores it silently. Harbor ignores it too, but warns, as it is rarely intended."},
    {HARBOR_E_INPUT, "env.no_name", "a line without a name",
     "The line starts with `=`; it is ignored, as in Compose."},
    {HARBOR_E_INPUT, "env.not_inherited", "just a name, and no such variable",
     "A line with just a name takes the value from Harbor's environment, but only for variables "
     "listed under `fromHost`."},
};

}  // namespace harbor::env
