#include "container.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <tuple>

#include "answer.hpp"
#include "claim.hpp"
#include "command.hpp"
#include "failure.hpp"
#include "preflight.hpp"
#include "suggestion.hpp"
#include "wanted.hpp"

namespace harbor::docker {
namespace {

/// For a list that may be long, from an engine that has just answered.
constexpr auto patience = std::chrono::seconds(30);

constexpr const char* inspect_format =
    R"({"id":{{json .Id}},"name":{{json .Name}},"state":{{json .State}},)"
    R"("labels":{{json .Config.Labels}},"image":{{json .Config.Image}},)"
    R"("ports":{{json .NetworkSettings.Ports}}})";

std::string trimmed(std::string text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  return text;
}

/// {"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8088"}, ...]}
std::vector<std::string> ports_of(const json& ports) {
  std::set<std::string> out;
  for (const auto& [target, bindings] : ports.items()) {
    if (!bindings.is_array()) continue;
    for (const json& binding : bindings) out.insert(text_at(binding, "HostPort") + "->" + target);
  }
  return {out.begin(), out.end()};
}

/// The label may come from elsewhere: anything but a map of texts is ignored.
std::map<std::string, std::string> digests_in(const std::string& label) {
  const json parsed = json::parse(label, nullptr, false);
  std::map<std::string, std::string> out;
  if (!parsed.is_object()) return out;
  for (const auto& [part, digest] : parsed.items())
    if (digest.is_string()) out[part] = digest.get<std::string>();
  return out;
}

// `docker ps` prints no machine-readable exit status, start time or health note, so it only finds
// the containers, and `docker inspect` describes them.
std::vector<std::string> ids_of(Context& context, const std::string& project) {
  Spawn list = docker({"ps", "--all", "--quiet", "--no-trunc", "--filter",
                       "label=com.docker.compose.project=" + project});
  return words_in(ask_engine(context, std::move(list)), "docker ps");
}

}  // namespace

Container parse_container(const json& line) {
  const json& state = object_at(line, "state");
  const json& labels = object_at(line, "labels");
  const json& health = object_at(state, "Health");
  Container out;
  out.id = text_at(line, "id");
  out.name = text_at(line, "name");
  if (out.name.starts_with('/')) out.name.erase(0, 1);
  out.service = text_at(labels, "com.docker.compose.service");
  out.state = text_at(state, "Status");
  out.error = text_at(state, "Error");
  out.started_at = text_at(state, "StartedAt");
  out.health = text_at(health, "Status");
  // "none" means that a service disabled the image's own health check.
  if (out.health == "none") out.health.clear();
  if (const auto log = health.find("Log"); log != health.end() && log->is_array() && !log->empty())
    out.health_note = trimmed(text_at(log->back(), "Output"));
  out.exit_code = number_at(state, "ExitCode");
  out.is_out_of_memory = flag_at(state, "OOMKilled");
  out.image = text_at(line, "image");
  out.image_digest = text_at(labels, "com.docker.compose.image");
  out.digests = digests_in(text_at(labels, digest_label));
  out.working_dir = text_at(labels, "com.docker.compose.project.working_dir");
  out.is_one_off = text_at(labels, "com.docker.compose.oneoff") == "True";
  out.ports = ports_of(object_at(line, "ports"));
  return out;
}

std::vector<Container> containers_of(Context& context, const std::string& project) {
  // A container may vanish between the two commands; then both are repeated.
  for (int attempt = 0;; ++attempt) {
    const auto ids = ids_of(context, project);
    if (ids.empty()) return {};
    Spawn inspect = docker({"inspect", "--type", "container", "--format", inspect_format});
    inspect.argv.insert(inspect.argv.end(), ids.begin(), ids.end());
    const Process process = look_at_engine(context, std::move(inspect), patience);
    if (!process.ok()) {
      if (attempt < 2 && process.err.find("No such container") != std::string::npos) continue;
      throw failure_of(context, process);
    }
    std::vector<Container> out;
    for (const json& line : objects_in(process, "docker inspect")) {
      out.push_back(parse_container(line));
      const auto& container = out.back();
      if (!is_word(container.name) || container.state.empty() ||
          std::find(ids.begin(), ids.end(), container.id) == ids.end())
        throw garbled("docker inspect", line.dump());
    }
    // A short answer would be mistaken for containers that are gone.
    if (out.size() != ids.size()) throw garbled("docker inspect", process.out);
    std::sort(out.begin(), out.end(),
              [](const Container& a, const Container& b) { return a.name < b.name; });
    return out;
  }
}

std::map<std::string, std::string> image_digests(Context& context,
                                                 const std::vector<Container>& containers) {
  std::set<std::string> names;
  for (const Container& container : containers)
    if (!container.image.empty() && !container.image_digest.empty()) names.insert(container.image);
  if (names.empty()) return {};
  Spawn inspect = docker({"image", "inspect", "--format", R"([{{json .Id}},{{json .RepoTags}}])"});
  inspect.argv.insert(inspect.argv.end(), names.begin(), names.end());
  // It fails if one of them is gone, but still prints the others.
  std::istringstream lines(look_at_engine(context, std::move(inspect), patience).out);
  std::map<std::string, std::string> out;
  for (std::string line; std::getline(lines, line);) {
    const json image = json::parse(line, nullptr, false);
    if (!image.is_array() || image.size() != 2 || !image[0].is_string() || !image[1].is_array())
      continue;
    for (const json& tag : image[1]) {
      if (!tag.is_string()) continue;
      std::string name = tag.get<std::string>();
      const auto id = image[0].get<std::string>();
      if (name.ends_with(":latest")) out[name.substr(0, name.size() - 7)] = id;
      out[std::move(name)] = id;
    }
  }
  return out;
}

std::string describe(const Container& container) {
  if (container.is_out_of_memory) return "killed, out of memory";
  if (container.state == "exited" || container.state == "dead") {
    const std::string code = std::to_string(container.exit_code);
    if (container.exit_code == 137) return "exited with code 137, killed from outside";
    if (container.exit_code == 127) return "exited with code 127, command not found";
    if (container.exit_code == 126) return "exited with code 126, command not executable";
    return "exited with code " + code;
  }
  return container.health.empty() ? container.state : container.state + ", " + container.health;
}

// Comparing ids alone would miss a restart of the same container.
bool is_same(const std::vector<Container>& before, const std::vector<Container>& after) {
  const auto identity = [](const std::vector<Container>& containers) {
    std::set<std::tuple<std::string, std::string, std::string>> out;
    for (const Container& container : containers)
      out.emplace(container.id, container.started_at, container.state);
    return out;
  };
  return identity(before) == identity(after);
}

void require_own(const std::vector<Container>& containers, const std::string& project,
                 std::string_view workspace) {
  for (const Container& container : containers) {
    // Without the label, which Compose 1 did not set, its owner is unknown.
    if (container.working_dir.empty() || container.working_dir == workspace) continue;
    throw project_taken(project, container.working_dir);
  }
}

void require_services(const std::vector<Container>& containers,
                      const std::vector<std::string>& services) {
  std::set<std::string> known;
  for (const Container& container : containers) known.insert(container.service);
  for (const std::string& service : services) {
    if (known.contains(service)) continue;
    std::string hint = suggestion::did_you_mean(service, {known.begin(), known.end()});
    if (hint.empty()) {
      for (const std::string& name : known) hint += (hint.empty() ? "there are: " : ", ") + name;
    }
    if (hint.empty()) hint = "nothing of this project is deployed: `harbor up` starts it";
    throw Error(HARBOR_E_INPUT, "compose.unknown_service",
                "no service '" + service + "' is deployed here", hint);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace harbor::docker
