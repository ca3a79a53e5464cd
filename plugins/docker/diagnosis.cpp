#include "diagnosis.hpp"

#include <algorithm>

#include "container.hpp"
#include "failure.hpp"
#include "port_holder.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown_lines = 20;

/// What `docker WORDS...` prints, or nothing.
std::optional<Process> look(Context& context, std::vector<std::string> words) {
  Spawn spawn = docker(std::move(words));
  spawn.read_only = true;
  spawn.timeout = 5000ms;
  try {
    Process process = context.spawn(spawn);
    if (process.ok()) return process;
  } catch (const HostFailure&) {
    // There already is an error to report, and a second one would only hide it.
  }
  return std::nullopt;
}

std::vector<Container> containers(Context& context, const std::string& project) {
  try {
    return containers_of(context, project);
  } catch (const Error&) {
    return {};
  } catch (const HostFailure&) {
    return {};
  }
}

void add_last_words(Context& context, const Container& container, Error& error) {
  if (!container.error.empty()) error.causes.push_back("engine: " + container.error);
  if (!container.is_well() && !container.health_note.empty())
    for (const std::string& line : last_lines(container.health_note, 5))
      error.causes.push_back("health check: " + line);
  const auto log = look(context, {"logs", "--tail", std::to_string(shown_lines), container.id});
  if (!log) return;
  for (const std::string& line : last_lines(log->out + log->err, shown_lines))
    error.causes.push_back(container.service + " | " + line);
}

/// The container that made the deployment fail: the one that Compose names, else one that exited
/// with an error, else one that is unhealthy. In this order, since Compose stops at the first
/// failure and others may still be starting.
const Container* culprit(const std::vector<Container>& all, const std::string& blamed) {
  const auto find = [&](const auto& is_it) -> const Container* {
    const auto found = std::find_if(all.begin(), all.end(), is_it);
    return found == all.end() ? nullptr : &*found;
  };
  if (const auto* named = find([&](const Container& c) { return c.name == blamed; })) return named;
  if (const auto* ended =
          find([](const Container& c) { return c.state == "exited" && c.exit_code != 0; }))
    return ended;
  return find([](const Container& c) { return !c.is_well() && c.state != "exited"; });
}

void blame(Context& context, const Container& container, Error& error) {
  error.message = "service '" + container.service + "' " +
                  (container.state == "exited" ? describe(container) : "is " + describe(container));
  if (container.is_out_of_memory || container.exit_code == 137)
    error.hint = "give it more memory, or make it need less; `harbor logs " + container.service +
                 "` shows what it printed";
  else
    error.hint = "`harbor logs " + container.service + "` shows what it printed";
  add_last_words(context, container, error);
}

/// Adds who listens on the port, unless it is the container `victim`.
void add_holder(Context& context, unsigned port, const std::string& victim, Error& error) {
  const auto users = look(context, {"ps", "--filter", "publish=" + std::to_string(port), "--format",
                                    R"({{.Names}} {{.Label "com.docker.compose.project"}})"});
  std::string holder;
  if (users) {
    for (const std::string& line : last_lines(users->out, 10)) {
      const std::string name = line.substr(0, line.find(' '));
      if (name != victim && !name.empty()) holder = "the container " + name;
    }
  }
  if (holder.empty()) holder = port_holder(port).value_or("");
  if (!holder.empty()) error.message += ": " + holder + " listens on it";
}

void name_holder(Context& context, const Stack& stack, unsigned port, const std::string& victim,
                 Error& error) {
  add_holder(context, port, victim, error);
  if (victim.empty()) return;
  for (const Container& container : containers(context, stack.project))
    if (container.name == victim)
      error.causes.push_back("service '" + container.service + "' publishes it");
}

/// The build steps that failed: BuildKit repeats their output between lines of dashes, after all
/// other output. Without such lines, the last ones.
std::vector<std::string> build_lines(const Process& process) {
  const auto begin = process.out.find("\n------\n");
  const auto end = begin == std::string::npos ? begin : process.out.find("\n------", begin + 8);
  if (end == std::string::npos) return last_lines(process.out + process.err, shown_lines);
  return last_lines(process.out.substr(begin + 8, end - begin - 8), shown_lines);
}

/// The failure if the engine no longer answers: then that is the reason, and every further query
/// would hang.
std::optional<Error> silent_engine(Context& context) {
  try {
    require_engine(context);
  } catch (const Error& error) {
    return error;
  } catch (const HostFailure&) {
    // The run is cancelled or out of time: the queries fail immediately.
  }
  return std::nullopt;
}

}  // namespace

Error diagnose(Context& context, const Stack& stack, const Process& process) {
  Error error = failure_of(context, process);
  if (error.code != "compose.build_failed")
    if (auto silent = silent_engine(context)) return std::move(*silent);
  const std::string blamed = blamed_container(process.err).value_or("");
  if (error.code == "compose.port_taken") {
    name_holder(context, stack, taken_port(process.err).value_or(0), blamed, error);
  } else if (error.code == "compose.build_failed") {
    error.causes = build_lines(process);
  } else if (error.code == "compose.exited" || error.code == "compose.unhealthy" ||
             error.code == "compose.failed") {
    const auto all = containers(context, stack.project);
    if (const Container* container = culprit(all, blamed)) {
      if (error.code != "compose.failed")
        blame(context, *container, error);
      else
        add_last_words(context, *container, error);
    }
  }
  return error;
}

Error taken(Context& context, unsigned port, const std::string& service) {
  Error error(HARBOR_E_FAILED, "compose.port_taken", "port " + std::to_string(port) + " is taken",
              "stop what uses it, or publish another port");
  add_holder(context, port, "", error);
  error.causes.push_back("service '" + service + "' publishes it");
  return error;
}

Error diagnose_late(Context& context, const Stack& stack) {
  if (auto silent = silent_engine(context)) return std::move(*silent);
  Error error(HARBOR_E_TIMEOUT, "compose.unhealthy", "the services were not ready in time",
              "a higher `timeout:` of the step gives them more time");
  const auto all = containers(context, stack.project);
  if (const Container* container = culprit(all, "")) blame(context, *container, error);
  return error;
}

}  // namespace harbor::docker
