// H06xx: secrets, and what would leave the project.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view unknown_secret_reference = "H0601";
inline constexpr std::string_view secret_inside_text = "H0602";
inline constexpr std::string_view secret_on_command_line = "H0603";
inline constexpr std::string_view path_leaves_run_folder = "H0604";
inline constexpr std::string_view foreign_state = "H0605";
}  // namespace code

inline constexpr auto secret_codes = std::to_array<Code>({
    {code::unknown_secret_reference, ExitStatus::denied, "a reference to a secret is unknown",
     R"(A value was `{"$secret": "..."}` with a reference that this run's vault does not know. References are random, live
for one run and are only handed out by an action that reads secrets; one that was copied from a log, a file or an
earlier run never works. Take the value from the artifact `env`, or from the output of the step that reads the secret.)"},
    {code::secret_inside_text, ExitStatus::denied, "a secret is inside a longer text",
     R"(A secret can only be a whole value: Harbor passes it on as a reference and never joins it with other text, since the
joined text would be a new secret that Harbor does not know to mask. Give the program the secret in a variable or a file
of its own and let it build the text, or store the whole text (for example the complete URL) as the secret.)"},
    {code::secret_on_command_line, ExitStatus::denied,
     "a secret would have been put on a command line",
     R"(Every user of the machine can read the command lines of all processes, so Harbor never puts a secret there. Hand the
secret over in an environment variable, on standard input, or as a file in memory: nearly every program has an option
that names a variable or a file instead of the value.)"},
    {code::path_leaves_run_folder, ExitStatus::denied,
     "a file would have been written outside the run folder",
     R"(Actions write only beneath `var/run/`, and follow no symbolic link there. This path is absolute, climbs out with `..`,
has an empty part, or goes through a link. A name in it may come from elsewhere: a service, an option, a variable. Correct
the path in the descriptor, or remove the link.)"},
    {code::foreign_state, ExitStatus::denied, "the folder for state is open to others",
     R"(Harbor writes secrets beneath `var/` and follows what it finds there, so nobody else may be able to change it. `var/` must
belong to you, to root, or to the owner of the project folder, and neither its group nor others may write in it
(`chmod go-w var`); `var/runs` and `var/state` must be folders, not links. Find out who changed it before you fix it.)"},
});

}  // namespace harbor::report
