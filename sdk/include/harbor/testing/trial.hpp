// harbor/testing/trial.hpp - stages that a test scripts: "harbor.trial.v1".
#pragma once

#include <harbor/trial.h>
#include <harbor/testing/bench.hpp>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace harbor::testing {

/// What the pack asked to try. Secrets in it are written out.
struct RecordedTrial {
  std::string stage;
  json request = json::object();
  std::map<std::string, Text> files;
  std::map<std::string, Text> env;
};

/// How the stage ends; the test makes it.
struct TrialEnd {
  int exit_status = 0;
  std::string out, err;
};

/// The power to try a stage. No stage runs: a test says what it does.
class Trials : virtual public Bench {
 public:
  /// Does what the stage would do in `folder`, which the test made and removes; its events are the
  /// file `events` beside it.
  struct Script {
    std::filesystem::path folder;
    std::function<TrialEnd(const RecordedTrial&)> run;
  };

  /// The next trials end like this; without it a trial is a Misuse.
  void on_trial(Script script) { script_ = std::move(script); }

  std::vector<RecordedTrial> trials;  ///< oldest first

 protected:
  Trials() { extend(HARBOR_TRIAL_ID, &trial_table); }

 private:
  bool record(const harbor_trial_run& run, RecordedTrial& trial);
  static harbor_status do_run(harbor_call*, const harbor_trial_run*) noexcept;

  static constexpr harbor_trial trial_table{sizeof(harbor_trial), 0, do_run};
  std::optional<Script> script_;
};

/// False for an unknown secret.
inline bool Trials::record(const harbor_trial_run& run, RecordedTrial& trial) {
  bool known = true;
  trial.stage = detail::text(run.stage);
  if (run.request.len != 0) parse(run.request, "trial", trial.request);
  for (std::size_t i = 0; i < run.file_count; ++i)
    for (std::size_t k = 0; k < run.files[i].part_count; ++k)
      known &= append(run.files[i].parts[k], trial.files[detail::text(run.files[i].path)]);
  for (std::size_t i = 0; i < run.env_count; ++i)
    known &= append(run.env[i].value, trial.env[detail::text(run.env[i].name)]);
  return known;
}

inline harbor_status Trials::do_run(harbor_call* call, const harbor_trial_run* run) noexcept {
  auto& host = of<Trials>(call);
  return host.answer("trial", [&]() -> harbor_status {
    RecordedTrial trial;
    const bool declared = host.declares(HARBOR_FX_EXEC, "HARBOR_FX_EXEC") &&
                          host.declares(HARBOR_FX_READ_WORKSPACE, "HARBOR_FX_READ_WORKSPACE");
    if (!declared) return HARBOR_E_DENIED;
    if (host.only_looks()) host.misused("tries a stage in validate, plan or status");
    if (!host.record(*run, trial)) host.misused("an unknown secret is handed to a trial");
    if (!host.script_) host.misused("no script for a trial of " + trial.stage);
    host.trials.push_back(trial);
    if (!host.misuses_.empty()) return HARBOR_E_DENIED;
    if (const harbor_status status = host.stopped(); status != HARBOR_OK) return status;
    const TrialEnd end = host.script_->run(trial);
    const detail::Bytes out(end.out), err(end.err), folder(host.script_->folder.string()),
        events((host.script_->folder.parent_path() / "events").string());
    const harbor_trial_result result{sizeof result, end.exit_status, out.view(),
                                     err.view(),    folder.view(),   events.view()};
    if (run->look != nullptr) run->look(run->user, &result);
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
