#include "run_failure.hpp"

#include <string>

#include "failure.hpp"

namespace harbor::docker {
namespace {

constexpr std::size_t shown_lines = 10;

/// 125 to 127 are docker's own statuses for "never started", but a command may end with them too:
/// in that case docker itself prints nothing.
bool is_refused(const Process& process) {
  const bool has_status = process.exit_code >= 125 && process.exit_code <= 127;
  return has_status && (process.err.starts_with("docker: ") ||
                        process.err.find("\ndocker: ") != std::string::npos);
}

/// Why the engine did not run it: a known failure if the text is known, else docker's own message.
Error refusal(Context& context, const Process& process) {
  Error error = failure_of(context, process);
  // Codes about services do not apply to this container.
  const bool is_known = error.code != "compose.failed" && error.code != "compose.mount_missing" &&
                        error.code != "compose.command_missing";
  if (is_known) return error;
  error.code = "container.refused";
  error.status = HARBOR_E_FAILED;
  for (const std::string& line : last_lines(process.err, shown_lines))
    if (line.starts_with("docker: ")) error.message = line.substr(8);
  while (error.message.ends_with('.')) error.message.pop_back();
  error.hint = "this is docker's own message; compare it with the step's parameters";
  error.causes.clear();
  return error;
}

Error ended(const Process& process, const char* code, std::string message, std::string hint) {
  Error error(HARBOR_E_FAILED, code, std::move(message), std::move(hint));
  for (std::string& line : last_lines(process.err.empty() ? process.out : process.err, shown_lines))
    error.causes.push_back(std::move(line));
  return error;
}

Error failure_with(const Process& process, const json& input) {
  const std::string image = input.at("image");
  const json words = input.value("command", json::array());
  const std::string command =
      words.empty() ? "the command of " + image : "'" + words[0].get<std::string>() + "'";
  switch (process.exit_code) {
    case 126:
      return ended(process, "container.not_executable", command + " cannot be executed in " + image,
                   "it is not a program, or its mode forbids it; a script needs its interpreter");
    case 127:
      return ended(process, "container.command_missing", command + " is not found in " + image,
                   "check the spelling and the image; a script may call a program that is missing");
    case 137:
      return ended(process, "container.killed", command + " was killed",
                   "most often it ran out of memory: its limit is " +
                       input.value("memory", "512m") + ", which `memory:` raises");
    case 143:
      return ended(process, "container.terminated", command + " was told to stop",
                   "something outside this run stopped its container");
    default:
      return ended(process, "container.failed",
                   command + " ended with status " + std::to_string(process.exit_code),
                   "`--verbose` shows everything it printed");
  }
}

}  // namespace

std::optional<Error> run_failure_of(Context& context, const Process& process, const json& input) {
  if (process.ok()) return std::nullopt;
  if (process.signal != 0)
    return Error(HARBOR_E_FAILED, "container.terminated",
                 "docker was ended by signal " + std::to_string(process.signal),
                 "something outside this run killed it; its container is gone too");
  if (is_refused(process)) {
    if (process.exit_code == 125) return refusal(context, process);
    return failure_with(process, input);
  }
  if (!input.value("check", true)) return std::nullopt;
  return failure_with(process, input);
}

}  // namespace harbor::docker
