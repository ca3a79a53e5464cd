// harbor/trial.hpp - running a stage on a copy of the workspace, over the host's table
// "harbor.trial.v1". Needs HARBOR_FX_EXEC and HARBOR_FX_READ_WORKSPACE.
#pragma once

#include <harbor/trial.h>
#include <harbor/call.hpp>
#include <harbor/file.hpp>
#include <harbor/spawn.hpp>

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor {

/// A stage to try: `{.stage = "prepare", .files = {{"override.secrets.env", {"TOKEN=x\n"}}}}`.
struct Trial {
  std::string stage;
  /// What the run is for: "services", "options", "profile" and "site", each of them optional.
  json request = json::object();
  std::vector<OutputFile> files = {};  ///< replace those of the workspace in the copy
  std::vector<Variable> env = {};      ///< replace Harbor's own variables
};

/// How the stage ended. Views and files live as long as the call that receives them.
struct TrialResult {
  int exit_status = 0;        ///< of `harbor run STAGE`; -1 when a signal ended it
  std::string_view out, err;  ///< what it printed
  std::string folder;         ///< the copy, with everything that the stage left in it
  std::string events;         ///< the file of its events, beside the copy
};

namespace detail {

/// A `look` on its way through the boundary.
struct Looking {
  const std::function<void(const TrialResult&)>& look;
  std::exception_ptr thrown;

  static void call(void* user, const harbor_trial_result* result) noexcept {
    auto* self = static_cast<Looking*>(user);
    guard(self->thrown, [&] {
      self->look({result->exit_status, text(result->out), text(result->err),
                  std::string(text(result->folder)), std::string(text(result->events))});
    });
  }
};

}  // namespace detail

/// Runs the stage on a copy of the workspace and calls `look` while the copy exists; it is gone
/// when this returns. Throws HostFailure and what `look` throws.
inline void try_stage(const Call& call, const Trial& trial,
                      const std::function<void(const TrialResult&)>& look) {
  const auto& table = call.needed<harbor_trial>(HARBOR_TRIAL_ID, "try a stage for packs");
  const std::string request = detail::dump(trial.request);
  const detail::OutputView files(trial.files);
  std::vector<harbor_var> env;
  for (const Variable& variable : trial.env)
    env.push_back({detail::view(variable.name), detail::raw(variable.value)});
  detail::Looking looking{look, nullptr};
  harbor_trial_run raw{};
  raw.struct_size = sizeof raw;
  raw.stage = detail::view(trial.stage);
  raw.request = detail::view(request);
  raw.files = files.get();
  raw.file_count = files.size();
  raw.env = env.data();
  raw.env_count = env.size();
  raw.look = &detail::Looking::call;
  raw.user = &looking;
  const harbor_status status = table.run(call.raw(), &raw);
  if (looking.thrown) std::rethrow_exception(looking.thrown);
  detail::check(status, "try_stage");
}

}  // namespace harbor
