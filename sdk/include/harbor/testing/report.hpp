// harbor/testing/report.hpp - what an operation says and returns: lines, progress, failures,
// output, origins and state.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/bench.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace harbor::testing {

/// The powers that only record.
class Reports : virtual public Bench {
 public:
  json state = nullptr;  ///< what an earlier execute saved; save_state() replaces it

  // Oldest first.
  std::vector<Log> logs;
  std::vector<Progress> progress;
  std::vector<json> states;
  std::vector<std::pair<std::string, json>> origins;  ///< artifact, origins

 protected:
  Reports() {
    harbor_host& host = functions();
    host.log = do_log;
    host.progress = do_progress;
    host.emit_output = do_emit_output;
    host.emit_origin = do_emit_origin;
    host.save_state = do_save_state;
    host.fail = do_fail;
  }

 private:
  harbor_status record_failure(harbor_status status, const harbor_error& error);
  static void do_log(harbor_call*, std::int32_t, harbor_str, harbor_str) noexcept;
  static void do_progress(harbor_call*, double, harbor_str) noexcept;
  static harbor_status do_emit_output(harbor_call*, harbor_str) noexcept;
  static harbor_status do_emit_origin(harbor_call*, harbor_str, harbor_str) noexcept;
  static harbor_status do_save_state(harbor_call*, harbor_str) noexcept;
  static harbor_status do_fail(harbor_call*, harbor_status, const harbor_error*) noexcept;
};

inline harbor_status Reports::record_failure(harbor_status status, const harbor_error& error) {
  for (const harbor_str text : {error.message, error.hint, error.detail}) check_leak("fail", text);
  Failure failure{status, detail::text(error.code), detail::text(error.message),
                  detail::text(error.hint), detail::text(error.pointer)};
  if (failure.code.empty() || failure.message.empty()) misused("fail() needs a code and a message");
  if (failure.message.find('\n') != std::string::npos || failure.message.ends_with('.')) {
    misused("a message is one sentence without full stop and newline: " + failure.message);
  }
  if (!failure.pointer.empty() && failure.pointer.front() != '/') {
    misused("no JSON pointer: " + failure.pointer);
  }
  if (error.detail.len != 0) parse(error.detail, "fail", failure.detail);
  const bool is_warning = (error.flags & HARBOR_ERROR_WARNING) != 0;
  if (!is_warning && status <= HARBOR_OK) misused("fail() needs a failure's status");
  (is_warning ? result_.warnings : result_.errors).push_back(std::move(failure));
  return status;
}

inline void Reports::do_log(harbor_call* call, std::int32_t level, harbor_str message,
                            harbor_str fields) noexcept {
  auto& host = of<Reports>(call);
  host.answer("log", [&] {
    host.check_leak("log", message);
    host.check_leak("log", fields);
    Log log{level, detail::text(message)};
    if (fields.len != 0) host.parse(fields, "log", log.fields);
    host.logs.push_back(std::move(log));
    return HARBOR_OK;
  });
}

inline void Reports::do_progress(harbor_call* call, double fraction, harbor_str what) noexcept {
  auto& host = of<Reports>(call);
  host.answer("progress", [&] {
    if (!(fraction <= 1)) host.misused("progress is more than 1");
    host.progress.push_back({fraction, detail::text(what)});
    return HARBOR_OK;
  });
}

inline harbor_status Reports::do_emit_output(harbor_call* call, harbor_str text) noexcept {
  auto& host = of<Reports>(call);
  return host.answer("emit_output", [&] {
    host.check_leak("emit_output", text);
    return host.parse(text, "emit_output", host.result_.output) ? HARBOR_OK : HARBOR_E_INTERNAL;
  });
}

inline harbor_status Reports::do_emit_origin(harbor_call* call, harbor_str artifact,
                                             harbor_str text) noexcept {
  auto& host = of<Reports>(call);
  return host.answer("emit_origin", [&] {
    json origin;
    if (!host.parse(text, "emit_origin", origin)) return HARBOR_E_INTERNAL;
    host.origins.emplace_back(detail::text(artifact), std::move(origin));
    return HARBOR_OK;
  });
}

inline harbor_status Reports::do_save_state(harbor_call* call, harbor_str text) noexcept {
  auto& host = of<Reports>(call);
  return host.answer("save_state", [&] {
    host.check_leak("save_state", text);
    // As the real host: what no run records could never be undone.
    if (host.only_looks() || !host.declares(HARBOR_FX_WRITES, "HARBOR_FX_WRITE_*"))
      return HARBOR_E_DENIED;
    if (!host.parse(text, "save_state", host.state)) return HARBOR_E_INTERNAL;
    host.states.push_back(host.state);
    return HARBOR_OK;
  });
}

inline harbor_status Reports::do_fail(harbor_call* call, harbor_status status,
                                      const harbor_error* error) noexcept {
  auto& host = of<Reports>(call);
  return host.answer("fail", [&] { return host.record_failure(status, *error); });
}

}  // namespace harbor::testing
