#include "host/trial_table.hpp"

#include <string.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>

#include "host/call_state.hpp"
#include "host/part_text.hpp"
#include "process/leftover.hpp"
#include "report/code_process.hpp"
#include "report/code_secret.hpp"
#include "store/scratch_copy.hpp"

namespace harbor::host {
namespace {

/// A reference that the vault does not know.
struct UnknownSecret {};

/// A text that is wiped.
struct Secretive {
  std::string text;

  Secretive(const harbor_part* parts, std::size_t count, const secret::Vault& vault) {
    if (!append_parts(parts, count, vault, text)) throw UnknownSecret{};
  }
  ~Secretive() { ::explicit_bzero(text.data(), text.size()); }
  Secretive(const Secretive&) = delete;
  Secretive& operator=(const Secretive&) = delete;
};

harbor_status check_may_try(Call& call) {
  if (call.only_looks())
    return call.refuse(HARBOR_E_DENIED, report::code::spawn_not_read_only,
                       "the action tries a stage while it may only look",
                       "a trial takes an operation that executes");
  if (call.has_effect(HARBOR_FX_EXEC) && call.has_effect(HARBOR_FX_READ_WORKSPACE))
    return HARBOR_OK;
  return call.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                     "the action tries a stage without declaring the effects",
                     "the pack must declare HARBOR_FX_EXEC and HARBOR_FX_READ_WORKSPACE for it");
}

std::filesystem::path temporary_folder(const Services& services) {
  const auto found = services.environment.find("TMPDIR");
  const bool is_set = found != services.environment.end() && found->second.starts_with('/');
  return is_set ? found->second : "/tmp";
}

StageTrial stage_of(const Call& call, const harbor_trial_run& request,
                    const store::ScratchCopy& copy) {
  StageTrial stage;
  stage.stage = text_of(request.stage);
  if (request.request.len != 0)
    stage.request = nlohmann::json::parse(text_of(request.request), nullptr, false);
  stage.folder = copy.folder().string();
  stage.events = copy.beside("events").string();
  stage.deadline = call.setup.deadline;
  stage.environment = call.services.environment;
  stage.environment[process::run_variable] = call.setup.run_id;
  stage.environment[process::workspace_variable] = call.setup.workspace;
  for (std::size_t i = 0; i < request.env_count; ++i)
    stage.environment[std::string(text_of(request.env[i].name))] =
        Secretive(&request.env[i].value, 1, *call.services.vault).text;
  return stage;
}

harbor_status refuse_end(Call& call, const process::Completion& done) {
  switch (done.how) {
    case process::Ended::exited:
    case process::Ended::signalled:
      return HARBOR_OK;
    case process::Ended::timed_out:
      return call.refuse(HARBOR_E_TIMEOUT, report::code::deadline_passed,
                         "the trial did not end before the deadline and was stopped");
    case process::Ended::cancelled:
      return call.refuse(HARBOR_E_CANCELLED, report::code::cancelled,
                         "the trial was stopped because the run was cancelled");
    case process::Ended::given_up:
    case process::Ended::not_found:
    case process::Ended::not_started:
      break;
  }
  return call.refuse(HARBOR_E_FAILED, report::code::program_not_started,
                     "the trial could not be started: " + done.reason);
}

harbor_status try_stage(Call& call, const harbor_trial_run& request) {
  const store::ScratchCopy copy(call.setup.workspace, temporary_folder(call.services));
  for (std::size_t i = 0; i < request.file_count; ++i) {
    const harbor_output_file& file = request.files[i];
    const Secretive content(file.parts, file.part_count, *call.services.vault);
    copy.write(std::string(text_of(file.path)), content.text,
               file.mode == 0 ? 0600U : file.mode & 0777U);
  }
  const auto done =
      call.services.try_stage(stage_of(call, request, copy), *call.services.cancellation);
  if (const auto refused = refuse_end(call, done)) return refused;
  if (request.look == nullptr) return HARBOR_OK;
  const std::string folder = copy.folder().string(), events = copy.beside("events").string();
  const harbor_trial_result result{sizeof result,    done.exit_code, str_of(done.out),
                                   str_of(done.err), str_of(folder), str_of(events)};
  request.look(request.user, &result);
  return HARBOR_OK;
}

harbor_status run(harbor_call* call, const harbor_trial_run* given) noexcept {
  return guarded(call, [&](Call& self) -> harbor_status {
    if (const auto refused = check_may_try(self)) return refused;
    if (!self.services.try_stage)
      return self.refuse(HARBOR_E_UNSUPPORTED, report::code::broken_contract,
                         "no stage can be tried here");
    harbor_trial_run request{};  // fields that the pack's version does not have stay empty
    std::memcpy(&request, given, std::min<std::size_t>(given->struct_size, sizeof request));
    try {
      return try_stage(self, request);
    } catch (const UnknownSecret&) {
      return self.refuse(HARBOR_E_DENIED, report::code::unknown_secret_reference,
                         "a trial needs a secret that does not exist",
                         "references are valid in the run that made them");
    } catch (const report::Error& error) {
      const auto& why = error.diagnostics().front();
      return self.refuse(HARBOR_E_IO, why.code, why.message, why.hint);
    }
  });
}

}  // namespace

const harbor_trial& trial_table() noexcept {
  static constexpr harbor_trial table{sizeof(harbor_trial), 0, run};
  return table;
}

}  // namespace harbor::host
