// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::compose {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_UNAVAILABLE, "compose.engine_missing", "the program `docker` is missing",
     "Harbor starts services with the Docker command line and found no `docker` on PATH. Install "
     "Docker Engine or another distribution of the command line, or add its folder to PATH."},
    {HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
     "`docker` is there, its Compose plugin is not. Packages are called `docker-compose-plugin` "
     "(Docker's own) or `docker-compose-v2`. The old program `docker-compose` 1.x does not do."},
    {HARBOR_E_UNAVAILABLE, "compose.too_old", "Docker Compose is too old",
     "Harbor needs Compose 2.23.1 or later, the first version with inline configs. The message "
     "names the version that was found. Update the Compose plugin."},
    {HARBOR_E_UNAVAILABLE, "compose.daemon_unavailable", "the Docker engine does not answer",
     "Nothing listens where `docker` looks for its engine: at DOCKER_HOST, in the current context, "
     "or at /var/run/docker.sock. Start the engine, or correct DOCKER_HOST."},
    {HARBOR_E_UNAVAILABLE, "compose.daemon_timeout",
     "the Docker engine accepts a connection and never answers",
     "A call that needs milliseconds got no answer for seconds. The engine is overloaded, hangs, "
     "or its disk does. `journalctl -u docker` often says more; restarting the engine usually "
     "helps."},
    {HARBOR_E_DENIED, "compose.permission", "you may not talk to the Docker engine",
     "The socket of the engine belongs to a group that you are not in. Membership of the group "
     "`docker` equals root on this machine; a rootless engine needs none."},
    {HARBOR_E_FAILED, "compose.build_failed", "an image could not be built",
     "A step of a Dockerfile failed. The last lines of the build stand below the message; `harbor "
     "build` runs it alone."},
    {HARBOR_E_FAILED, "compose.port_taken", "a port is taken",
     "A service publishes a port on which something listens already. Where it can be seen, the "
     "message names the container or process. Stop it, or publish another port."},
    {HARBOR_E_INPUT, "compose.file_invalid", "Compose refuses the files",
     "The chosen compose files are not valid together: wrong YAML, an unknown key, a reference to "
     "something that is not defined, or a variable that cannot be resolved. The message is "
     "Compose's own."},
    {HARBOR_E_NOT_FOUND, "compose.file_missing", "a file that a compose file names does not exist",
     "For example an `env_file:` or an included file. Paths are relative to the project folder."},
    {HARBOR_E_FAILED, "compose.unhealthy", "a service did not become healthy",
     "Its container runs, but its health check failed too often, or not every service was ready in "
     "time. The last output of the check and the last lines of the log stand below the message."},
    {HARBOR_E_FAILED, "compose.exited", "a container ended",
     "A container that should keep running, or end with 0, ended. 137 means killed, most often for "
     "lack of memory; 127 a command that does not exist in the image; 126 one that cannot be "
     "executed."},
    {HARBOR_E_FAILED, "compose.image_missing", "an image could not be pulled",
     "The name or tag does not exist, it is private and you are not logged in, or the registry "
     "cannot be reached."},
    {HARBOR_E_INPUT, "compose.unknown_service", "no such service",
     "A name that was given fits no compose file, or nothing that is deployed. `harbor ps` lists "
     "what is."},
    {HARBOR_E_FAILED, "compose.not_running", "the service is not running",
     "A command can run only in a container that runs. `harbor ps` shows its state, `harbor up` "
     "starts it."},
    {HARBOR_E_INPUT, "compose.unknown_option", "no such option",
     "No compose file of the tree has this word in its name. `--allow-unknown` makes it a "
     "warning."},
    {HARBOR_E_NOT_FOUND, "compose.base_missing", "a base file does not exist",
     "`source.rules.base` names a compose file that is not there."},
    {HARBOR_E_INPUT, "compose.bad_pattern", "a pattern of `include` cannot be read",
     "A pattern is the name of a compose file in which `${service}`, `${option}` and `*` stand for "
     "words between dots."},
    {HARBOR_E_INPUT, "compose.project_name", "no name for the Compose project",
     "The project is called after the descriptor's `name:` or the project folder; neither has a "
     "letter or digit."},
    {HARBOR_E_FAILED, "compose.project_taken", "another folder deployed under this project name",
     "Compose knows projects by name alone, so two folders of one name would take each other's "
     "containers for their own. Give one of the descriptors a `name:`."},
    {HARBOR_E_INPUT, "compose.nothing_selected", "no compose file was chosen",
     "Neither a base file nor a service was selected. Name services on the command line or in a "
     "profile."},
    {HARBOR_E_IO, "compose.disk_full", "the Docker engine's disk is full",
     "`docker system df` shows what takes the space; `docker system prune` frees what nothing "
     "uses."},
    {HARBOR_E_INPUT, "compose.unset_variable", "a compose file uses a variable without a value",
     "Compose puts an empty text in its place. Give it a value in an env file, or a default: "
     "`${NAME:-...}`. Variables of your shell reach Compose only when `prepare.env` lists them "
     "under `fromHost`."},
    {HARBOR_E_FAILED, "compose.orphans",
     "containers of services that are not in the files any more",
     "They belong to the project but to none of the chosen files, and keep running. "
     "`--remove-orphans` removes them."},
    {HARBOR_E_FAILED, "compose.failed", "docker failed",
     "For a reason that Harbor does not know better; the message is docker's own last line."},
};

}  // namespace harbor::compose
