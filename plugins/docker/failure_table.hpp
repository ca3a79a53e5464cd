// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::docker {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_UNAVAILABLE, "compose.engine_missing", "the program `docker` is missing",
     "Harbor starts services with the Docker command line and found no `docker` on PATH. Install "
     "Docker Engine or another distribution of the command line, or add its folder to PATH."},
    {HARBOR_E_UNAVAILABLE, "compose.compose_missing", "docker has no `compose` command",
     "`docker` is there, its Compose plugin is not. Packages are called `docker-compose-plugin` "
     "(Docker's own) or `docker-compose-v2`. The old program `docker-compose` 1.x is not enough."},
    {HARBOR_E_UNAVAILABLE, "compose.too_old", "Docker Compose is too old",
     "Harbor needs Compose 2.23.1 or later, the first version with inline configs. The message "
     "names the version that was found. Update the Compose plugin."},
    {HARBOR_E_UNAVAILABLE, "compose.daemon_unavailable", "the Docker engine does not answer",
     "Nothing listens where `docker` looks for its engine: at DOCKER_HOST, in the current context, "
     "or at /var/run/docker.sock. Start the engine, or correct DOCKER_HOST."},
    {HARBOR_E_UNAVAILABLE, "compose.daemon_timeout",
     "the Docker engine accepts a connection and never answers",
     "A call that takes milliseconds got no answer for seconds. The engine, or its disk, is "
     "overloaded or hangs. `journalctl -u docker` often says more; restarting the engine usually "
     "helps."},
    {HARBOR_E_UNAVAILABLE, "compose.garbled", "`docker` printed something that is not an answer",
     "Harbor asks the Docker command line for ids, names and JSON, and got something else: an "
     "error page of a proxy, the greeting of a wrapper script, or a truncated answer. It was not "
     "used. The message names the command and what it printed."},
    {HARBOR_E_DENIED, "compose.permission", "you may not talk to the Docker engine",
     "The engine's socket belongs to a group that you are not in. Membership of the group `docker` "
     "amounts to being root on this machine; a rootless engine does not need it."},
    {HARBOR_E_FAILED, "compose.build_failed", "an image could not be built",
     "A step of a Dockerfile failed. The last lines of the build are below the message; `harbor "
     "build` runs it alone."},
    {HARBOR_E_FAILED, "compose.port_taken", "a port is taken",
     "A service publishes a port on which something already listens. If possible, the message "
     "names the container or process. Stop it, or publish another port."},
    {HARBOR_E_INPUT, "compose.file_invalid", "Compose refuses the files",
     "The chosen compose files are not valid together: wrong YAML, an unknown key, a reference to "
     "something that is not defined, or a variable that cannot be resolved. The message is "
     "Compose's own."},
    {HARBOR_E_FAILED, "compose.unhealthy", "a service did not become healthy",
     "Its container runs, but its health check failed too often, or not every service was ready in "
     "time. The last output of the check and the last lines of the log are below the message."},
    {HARBOR_E_FAILED, "compose.exited", "a container ended",
     "A container that should keep running, or exit with 0, did not. 137 means killed, most often "
     "for lack of memory; 127 that the command does not exist in the image; 126 that it cannot be "
     "executed."},
    {HARBOR_E_FAILED, "compose.image_missing", "an image could not be pulled",
     "The name or tag does not exist, it is private and you are not logged in, or the registry "
     "cannot be reached."},
    {HARBOR_E_FAILED, "compose.not_started", "Compose reported success and started nothing",
     "`docker compose up` ended with 0, and a service that it was to start has no container. The "
     "program `docker` may be a wrapper that does something else."},
    {HARBOR_E_FAILED, "compose.command_missing", "a service's command is not in its image",
     "There is no program of that name on the image's PATH, or at that path. Its `command:` or "
     "`entrypoint:` names it, else the image does."},
    {HARBOR_E_NOT_FOUND, "compose.mount_missing", "a service mounts a path that does not exist",
     "A bind mount in long form, or one beneath a folder that cannot be written, is not created by "
     "the engine. The message names the path on this machine."},
    {HARBOR_E_FAILED, "compose.subnets_exhausted", "the Docker engine has no subnet left",
     "Each network takes a subnet of the engine's pools, about 30 with its defaults. `docker "
     "network prune` removes networks that nothing uses; `default-address-pools` in the engine's "
     "configuration makes more."},
    {HARBOR_E_FAILED, "compose.not_running", "the service is not running",
     "A command can run only in a container that runs. `harbor ps` shows its state, `harbor up` "
     "starts it."},
    {HARBOR_E_FAILED, "compose.project_taken", "another folder deployed under this project name",
     "Compose identifies projects only by name, so two folders with the same project name would "
     "take each other's containers for their own. The first one that deploys claims the name, by "
     "an empty volume "
     "`harbor-claim-NAME` on the engine. Give one of the descriptors a `name:`. If a folder was "
     "moved, `--adopt` takes over what it deployed."},
    {HARBOR_E_IO, "compose.disk_full", "the Docker engine's disk is full",
     "`docker system df` shows what takes the space; `docker system prune` frees what nothing "
     "uses."},
    {HARBOR_E_INPUT, "compose.unset_variable", "a compose file uses a variable without a value",
     "Compose replaces it with empty text. Give it a value in an env file, or a default: "
     "`${NAME:-...}`. Variables of your shell reach Compose only if `prepare.env` lists them under "
     "`fromHost`."},
    {HARBOR_E_FAILED, "compose.orphans", "containers of services that are no longer in the files",
     "They belong to the project but to none of the chosen files, and are left running. "
     "`--remove-orphans` removes them."},
    {HARBOR_E_INPUT, "compose.template_not_rendered", "no step renders a config template",
     "`x-harbor-config-templates` are rendered by `template.render` in the stage `prepare`. A "
     "descriptor without templates of its own writes `prepare: { templates: [] }`."},
    {HARBOR_E_FAILED, "compose.failed", "docker failed",
     "Harbor does not recognise the reason; the message is the last line that docker printed."},
    {HARBOR_E_INPUT, "container.input", "a container cannot be run with this input",
     "The message says which parameter of `container.run` is wrong."},
    {HARBOR_E_FAILED, "container.refused", "the Docker engine did not start the container",
     "Docker exited with status 125; the message is its own. Usually the source of a mount or a "
     "network does not exist, or another container has the name."},
    {HARBOR_E_FAILED, "container.not_executable", "the command cannot be executed in its image",
     "Status 126: it is a folder or not a program, its mode has no x, or a script's interpreter is "
     "missing."},
    {HARBOR_E_FAILED, "container.command_missing", "the command is not in its image",
     "Status 127: there is no program of that name on the image's PATH, or a script called one "
     "that is missing."},
    {HARBOR_E_FAILED, "container.killed", "the command was killed",
     "Status 137, a kill signal: usually it reached its memory limit, which `memory:` raises."},
    {HARBOR_E_FAILED, "container.terminated", "the command was told to stop from outside",
     "Status 143, or `docker` itself was killed, and not by this run, which would say that it was "
     "cancelled or timed out."},
    {HARBOR_E_FAILED, "container.failed", "the command failed in its container",
     "It exited with a status other than 0; its last lines are below the message. With `check: "
     "false` the status is an output, not a failure."},
    {HARBOR_E_FAILED, "container.left", "a container may be left over",
     "The run ended while the container was running, and the engine did not answer when Harbor "
     "tried to remove it. The next `container.run` in this project removes it."},
};

}  // namespace harbor::docker
