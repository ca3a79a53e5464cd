#include "run/trial.hpp"

#include <string>
#include <utility>
#include <vector>

namespace harbor::run {
using nlohmann::json;

namespace {

constexpr std::size_t kept_bytes = std::size_t{16} << 20;

void add_request(const json& request, std::vector<std::string>& words) {
  if (!request.is_object()) return;
  for (const auto& [key, option] : {std::pair{"profile", "--profile"}, {"site", "--site"}})
    if (request.contains(key) && request[key].is_string()) {
      words.emplace_back(option);
      words.push_back(request[key]);
    }
  for (const json& option : request.value("options", json::array())) {
    words.emplace_back("--option");
    words.push_back(option);
  }
  for (const json& service : request.value("services", json::array())) words.push_back(service);
}

}  // namespace

process::Command trial_command(const std::filesystem::path& harbor, const host::StageTrial& trial) {
  process::Command command;
  command.argv = {harbor.string(), "--project", trial.folder, "run",
                  trial.stage,     "--verbose", "--events",   trial.events};
  add_request(trial.request, command.argv);
  command.environment.assign(trial.environment.begin(), trial.environment.end());
  command.folder = trial.folder;
  command.deadline = trial.deadline;
  command.keep = kept_bytes;
  return command;
}

host::StageRunner stage_runner(std::filesystem::path harbor, host::ProcessRunner run_process) {
  return [harbor = std::move(harbor), run_process = std::move(run_process)](
             const host::StageTrial& trial, const process::Cancellation& cancellation) {
    return run_process(trial_command(harbor, trial), cancellation);
  };
}

}  // namespace harbor::run
