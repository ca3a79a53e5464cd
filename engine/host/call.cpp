#include "host/call.hpp"

#include <harbor/output.h>

#include <algorithm>
#include <mutex>

#include "host/call_state.hpp"
#include "host/digest_table.hpp"
#include "host/environment_table.hpp"
#include "host/file_table.hpp"
#include "host/interpolation_table.hpp"
#include "host/remark.hpp"
#include "host/spawn_request.hpp"
#include "host/trial_table.hpp"
#include "report/code_process.hpp"
#include "report/code_run.hpp"
#include "report/code_secret.hpp"
#include "system/utf8.hpp"
#include "version.hpp"

namespace harbor::host {
using nlohmann::json;

namespace {

constexpr std::size_t json_limit = std::size_t{16} << 20;

json parse_object(std::string_view text, const char* what) {
  if (text.size() > json_limit)
    throw std::length_error(std::string(what) + " is larger than 16 MiB");
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded() || !value.is_object())
    throw std::invalid_argument(std::string(what) + " is not a JSON object");
  return value;
}

void log(harbor_call* call, int32_t level, harbor_str message, harbor_str fields) noexcept {
  guarded(call, [&](Call& self) {
    if (self.setup.log)
      self.setup.log(std::clamp<int>(level, HARBOR_LOG_TRACE, HARBOR_LOG_ERROR),
                     std::string(text_of(message)), parse_remark(text_of(fields)));
    return HARBOR_OK;
  });
}

void progress(harbor_call* call, double fraction, harbor_str what) noexcept {
  guarded(call, [&](Call& self) {
    if (self.setup.progress) self.setup.progress(fraction, std::string(text_of(what)));
    return HARBOR_OK;
  });
}

harbor_status emit_output(harbor_call* call, harbor_str text) noexcept {
  return guarded(call, [&](Call& self) {
    self.result.output = parse_object(text_of(text), "the output");
    return HARBOR_OK;
  });
}

harbor_status emit_text(harbor_call* call, harbor_str name, harbor_str text) noexcept {
  return guarded(call, [&](Call& self) {
    if (text.len > json_limit) throw std::length_error("the text is larger than 16 MiB");
    if (self.result.output.is_null()) self.result.output = json::object();
    self.result.output[std::string(text_of(name))] = system::repair_utf8(text_of(text));
    return HARBOR_OK;
  });
}

constexpr harbor_output output_table{sizeof(harbor_output), 0, emit_text};

harbor_status emit_origin(harbor_call* call, harbor_str artifact, harbor_str text) noexcept {
  return guarded(call, [&](Call& self) {
    self.result.origins[std::string(text_of(artifact))] =
        parse_object(text_of(text), "the origin map");
    return HARBOR_OK;
  });
}

harbor_status save_state(harbor_call* call, harbor_str text) noexcept {
  return guarded(call, [&](Call& self) {
    const auto state = parse_object(text_of(text), "the state");
    if (!self.setup.save_state)
      return self.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                         "state can be saved only by a step with write effects, while it is run",
                         "declare what the action may write");
    try {
      self.setup.save_state(state);
    } catch (const report::Error& error) {
      const auto& problem = error.diagnostics().front();
      return self.refuse(HARBOR_E_IO, problem.code, problem.message, problem.hint);
    }
    return static_cast<harbor_status>(HARBOR_OK);
  });
}

/// Labels and causes are members of a failure; the rest of what a pack says about it is kept for
/// programs.
void read_detail(std::string_view text, Failure& failure) {
  auto detail = parse_remark(text);
  if (!detail.is_object()) return;
  const auto take = [&](const char* key) {
    const auto found = detail.find(key);
    auto value = found == detail.end() ? json::array() : std::move(*found);
    detail.erase(key);
    return value;
  };
  const auto word = [](const json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto number = [](const json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0U;
  };
  for (const auto& label : take("labels"))
    if (label.is_object())
      failure.labels.push_back({{word(label, "file"), number(label, "line"),
                                 number(label, "column"), number(label, "length")},
                                word(label, "text")});
  for (const auto& cause : take("causes"))
    if (cause.is_string()) failure.causes.push_back(cause.get<std::string>());
  if (!detail.empty()) failure.detail = detail.dump();
}

harbor_status fail(harbor_call* call, harbor_status status, const harbor_error* given) noexcept {
  return guarded(call, [&](Call& self) {
    harbor_error error{};  // fields that the pack's version does not have stay empty
    std::copy_n(reinterpret_cast<const char*>(given),
                std::min<std::size_t>(given->struct_size, sizeof error),
                reinterpret_cast<char*>(&error));
    Failure failure;
    failure.status = status;
    failure.warning = (error.flags & HARBOR_ERROR_WARNING) != 0;
    failure.code = text_of(error.code);
    failure.message = text_of(error.message);
    failure.hint = text_of(error.hint);
    failure.pointer = text_of(error.pointer);
    if (error.detail.len) read_detail(text_of(error.detail), failure);
    const std::lock_guard guard(self.mutex);
    self.result.failures.push_back(std::move(failure));
    return status;
  });
}

harbor_status cancelled(harbor_call* call) noexcept {
  return guarded(call, [](Call& self) {
    if (self.services.cancellation->state() != process::Cancellation::State::none)
      return HARBOR_E_CANCELLED;
    if (self.setup.deadline && self.services.time.now() >= *self.setup.deadline)
      return HARBOR_E_TIMEOUT;
    return HARBOR_OK;
  });
}

harbor_status put_secret(harbor_call* call, harbor_str name, harbor_str value,
                         harbor_str* ref) noexcept {
  return guarded(call, [&](Call& self) {
    if (!self.has_effect(HARBOR_FX_SECRETS))
      return self.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                         "the action stores a secret without declaring the effect",
                         "the pack must declare HARBOR_FX_SECRETS for it");
    *ref = str_of(self.arena.keep(self.services.vault->put(text_of(name), text_of(value))));
    return HARBOR_OK;
  });
}

harbor_status with_secret(harbor_call* call, harbor_str ref, void (*use)(void*, harbor_str),
                          void* user) noexcept {
  return guarded(call, [&](Call& self) {
    if (!self.has_effect(HARBOR_FX_SECRETS))
      return self.refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
                         "the action reads a secret without declaring the effect",
                         "the pack must declare HARBOR_FX_SECRETS for it");
    const bool known = self.services.vault->with(
        text_of(ref), [&](std::string_view value) { use(user, str_of(value)); });
    if (known) return HARBOR_OK;
    return self.refuse(HARBOR_E_DENIED, report::code::unknown_secret_reference,
                       "the action asks for a secret that does not exist",
                       "references are valid in the run that made them");
  });
}

harbor_status spawn(harbor_call* call, const harbor_spawn* given,
                    harbor_spawn_result* into) noexcept {
  return guarded(call, [&](Call& self) {
    const SpawnAccess access{self.setup.action->effects, self.setup.op, self.setup.may_attach};
    SpawnOutcome outcome = serve_spawn(self.services, self.setup, access, *given);
    if (outcome.failure) {
      const std::lock_guard guard(self.mutex);
      const auto status = outcome.failure->status;
      outcome.failure->from_host = true;
      self.result.failures.push_back(std::move(*outcome.failure));
      return status;
    }
    harbor_spawn_result result{};
    result.struct_size = into->struct_size;
    result.exit_code = outcome.completion.exit_code;
    result.term_signal = outcome.completion.signal;
    result.flags = (outcome.completion.truncated ? HARBOR_SPAWNED_TRUNCATED : 0U) |
                   (outcome.completion.lossy ? HARBOR_SPAWNED_LOSSY : 0U);
    result.out = str_of(self.arena.keep(std::move(outcome.completion.out)));
    result.err = str_of(self.arena.keep(std::move(outcome.completion.err)));
    std::copy_n(reinterpret_cast<const char*>(&result),
                std::min<std::size_t>(into->struct_size, sizeof result),
                reinterpret_cast<char*>(into));
    return HARBOR_OK;
  });
}

harbor_status invoke(harbor_call* call, harbor_str action, harbor_str input,
                     harbor_str* output) noexcept {
  return guarded(call, [&](Call& self) {
    if (!self.setup.invoke)
      return self.refuse(HARBOR_E_UNSUPPORTED, report::code::broken_contract,
                         "no action can be invoked here");
    CallResult nested =
        self.setup.invoke(std::string(text_of(action)), parse_object(text_of(input), "the input"));
    if (output && !nested.output.is_null()) *output = str_of(self.arena.keep(nested.output.dump()));
    const std::lock_guard guard(self.mutex);
    for (Failure& failure : nested.failures) {
      failure.from_host = !failure.warning;
      failure.pointer.clear();  // it points into an input that was not written by the user
      self.result.failures.push_back(std::move(failure));
    }
    return nested.status;
  });
}

harbor_status raise_hook(harbor_call* call, harbor_str point, harbor_str payload) noexcept {
  return guarded(call, [&](Call& self) {
    if (!self.setup.raise_hook) return static_cast<harbor_status>(HARBOR_OK);
    const auto value = payload.len ? parse_object(text_of(payload), "the payload") : json::object();
    return self.setup.raise_hook(std::string(text_of(point)), value);
  });
}

void* allocate(harbor_call* call, size_t size, size_t align) noexcept {
  try {
    return of(call).arena.allocate(size, std::max<size_t>(align, 1));
  } catch (...) {
    return nullptr;
  }
}

const void* extension(const harbor_host*, harbor_str id) noexcept {
  if (text_of(id) == HARBOR_OUTPUT_ID) return &output_table;
  if (text_of(id) == HARBOR_FILES_ID) return &file_table();
  if (text_of(id) == HARBOR_ENVIRONMENT_ID) return &environment_table();
  if (text_of(id) == HARBOR_INTERPOLATION_ID) return &interpolation_table();
  if (text_of(id) == HARBOR_TRIAL_ID) return &trial_table();
  if (text_of(id) == HARBOR_DIGEST_ID) return &digest_table();
  return nullptr;
}

/// A refusal by a host function is the failure if the pack passed it on without a message of its
/// own. Otherwise it is a cause of the pack's failure, or the pack coped with it. A check reports
/// all of them: mistakes found by an invoked action count like those of the action itself.
void settle_host_failures(CallResult& result, bool is_check) {
  const auto own = std::find_if(result.failures.begin(), result.failures.end(),
                                [](const Failure& f) { return !f.from_host && !f.warning; });
  const bool overcome = result.status <= HARBOR_OK;
  if (is_check && !overcome) {
    for (auto& failure : result.failures) failure.from_host = false;
    return;
  }
  if (!overcome && own == result.failures.end()) return;
  if (!overcome && own->causes.empty())
    for (const auto& failure : result.failures)
      if (failure.from_host) own->causes.push_back(failure.message);
  std::erase_if(result.failures, [](const Failure& failure) { return failure.from_host; });
}

/// Adds a message to a failing operation that gave none, so that no failure is silent.
void explain_silence(CallResult& result) {
  const bool spoke = std::any_of(result.failures.begin(), result.failures.end(),
                                 [](const Failure& f) { return !f.warning; });
  if (result.status <= HARBOR_OK || spoke) return;
  Failure failure;
  failure.status = result.status;
  switch (result.status) {
    case HARBOR_E_CANCELLED:
      failure.code = report::code::cancelled, failure.message = "cancelled";
      break;
    case HARBOR_E_TIMEOUT:
      failure.code = report::code::deadline_passed, failure.message = "the deadline passed";
      break;
    default:
      failure.code = report::code::silent_failure,
      failure.message = "the action failed and did not say why";
  }
  result.failures.push_back(std::move(failure));
}

}  // namespace

const harbor_host& host_table() noexcept {
  static constexpr harbor_host table{sizeof(harbor_host),
                                     HARBOR_ABI_MAJOR,
                                     HARBOR_ABI_MINOR,
                                     {version_text, sizeof version_text - 1},
                                     log,
                                     progress,
                                     emit_output,
                                     emit_origin,
                                     save_state,
                                     fail,
                                     cancelled,
                                     put_secret,
                                     with_secret,
                                     spawn,
                                     invoke,
                                     raise_hook,
                                     allocate,
                                     extension};
  return table;
}

CallResult run_operation(const Services& services, const CallSetup& setup, harbor_op operation) {
  Call self{services, setup, {}, {}, {}};
  harbor_call raw{};
  raw.struct_size = sizeof raw;
  raw.op = setup.op;
  raw.attempt = setup.attempt;
  raw.flags = setup.flags;
  raw.host = &host_table();
  raw.action = setup.action;
  raw.input = str_of(setup.input);
  raw.state = str_of(setup.state);
  raw.run_id = str_of(setup.run_id);
  raw.step_id = str_of(setup.step_id);
  raw.workspace = str_of(setup.workspace);
  raw.run_dir = str_of(setup.run_dir);
  if (setup.deadline)
    raw.deadline_ms = std::max<std::int64_t>(
        1, std::chrono::duration_cast<std::chrono::milliseconds>(setup.deadline->time_since_epoch())
               .count());
  raw.opaque = &self;
  try {
    self.result.status = operation(&raw);
  } catch (...) {  // works only where both sides share a runtime; rule R2 forbids it in any case
    self.result.status = HARBOR_E_INTERNAL;
    self.refuse(HARBOR_E_INTERNAL, report::code::broken_contract,
                "an exception left the action's code", "this is a bug in the pack");
  }
  settle_host_failures(self.result, (setup.flags & HARBOR_CALL_CHECK) != 0);
  explain_silence(self.result);
  return std::move(self.result);
}

ExitStatus exit_of(harbor_status status) noexcept {
  switch (status) {
    case HARBOR_OK:
    case HARBOR_UNCHANGED:
      return ExitStatus::done;
    case HARBOR_E_INPUT:
      return ExitStatus::invalid;
    case HARBOR_E_CANCELLED:
      return ExitStatus::interrupted;
    case HARBOR_E_TIMEOUT:
      return ExitStatus::timeout;
    case HARBOR_E_DENIED:
      return ExitStatus::denied;
    case HARBOR_E_NOT_FOUND:
      return ExitStatus::no_input;
    case HARBOR_E_UNSUPPORTED:
      return ExitStatus::plugin_refused;
    case HARBOR_E_UNAVAILABLE:
      return ExitStatus::unavailable;
    case HARBOR_E_IO:
      return ExitStatus::io;
    default:
      return ExitStatus::failed;
  }
}

}  // namespace harbor::host
