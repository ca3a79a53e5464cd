#include "claim.hpp"

#include <algorithm>

#include "answer.hpp"
#include "command.hpp"
#include "container_command.hpp"
#include "failure.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

constexpr std::string_view prefix = "harbor-claim-";

std::string volume_of(const std::string& project) { return std::string(prefix) + project; }

}  // namespace

std::optional<std::string> claimed_by(const std::string& volume) {
  if (!volume.starts_with(prefix) || volume.size() == prefix.size()) return std::nullopt;
  return volume.substr(prefix.size());
}

Error project_taken(const std::string& project, const std::string& folder) {
  return {HARBOR_E_FAILED, "compose.project_taken",
          "the Compose project '" + project + "' belongs to " + folder,
          "give this descriptor a `name:` of its own, or take the other deployment down; where the "
          "folder was moved, `--adopt` takes it over"};
}

std::optional<std::string> claimant_of(Context& context, const std::string& project) {
  const Process process = look_at_engine(
      context, docker({"volume", "inspect", "--format", "{{json .Labels}}", volume_of(project)}));
  if (!process.ok()) {
    if (process.err.find("o such volume") != std::string::npos) return std::nullopt;
    throw failure_of(context, process);
  }
  const auto labels = objects_in(process, "docker volume inspect");
  std::string folder =
      labels.size() == 1 ? text_at(labels.front(), workspace_label.data()) : std::string();
  if (folder.empty()) throw garbled("docker volume inspect", process.out);
  return folder;
}

void require_unclaimed(Context& context, const std::string& project) {
  const auto folder = claimant_of(context, project);
  if (folder && *folder != context.workspace()) throw project_taken(project, *folder);
}

void claim(Context& context, const std::string& project, bool adopt) {
  auto folder = claimant_of(context, project);
  if (adopt && folder && *folder != context.workspace()) {
    change_engine(context, docker({"volume", "rm", volume_of(project)}));
    folder.reset();
  }
  if (!folder) {
    change_engine(context,
                  docker({"volume", "create", "--label",
                          std::string(workspace_label) + "=" + std::string(context.workspace()),
                          volume_of(project)}));
    folder = claimant_of(context, project);
  }
  if (folder != context.workspace())
    throw project_taken(project, folder.value_or("another folder"));
}

void release_claim(Context& context, const std::string& project) {
  if (claimant_of(context, project) == context.workspace())
    change_engine(context, docker({"volume", "rm", volume_of(project)}));
}

}  // namespace harbor::docker
