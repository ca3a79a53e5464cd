// harbor/context.hpp - the powers of the host as members of one object, which every operation gets.
#pragma once

#include <harbor/call.hpp>
#include <harbor/environment.hpp>
#include <harbor/expand.hpp>
#include <harbor/file.hpp>
#include <harbor/invoke.hpp>
#include <harbor/log.hpp>
#include <harbor/output.hpp>
#include <harbor/secret.hpp>
#include <harbor/spawn.hpp>
#include <harbor/trial.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor {

/// What a running operation may ask of its host; lives as long as the operation. log(), its short
/// forms, progress(), cancelled(), environment() and spawn() may be called from any thread, the
/// rest only from the operation's own. Every function that asks the host for something throws
/// HostFailure if the host refuses. Each power has its own header, which describes it.
class Context : public Call {
 public:
  explicit Context(harbor_call* call)
      : Call(call),
        input_(call->input.len == 0 ? json::object() : json::parse(detail::text(call->input))) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] const json& input() const noexcept { return input_; }
  /// What an earlier execute of this step saved; null if nothing.
  [[nodiscard]] json state() const { return saved_state(*this); }

  // What the user sees of it: log.hpp.
  void log(std::int32_t level, std::string_view message, const json& fields = nullptr) {
    harbor::log(*this, level, message, fields);
  }
  void debug(std::string_view message) { log(HARBOR_LOG_DEBUG, message); }
  void info(std::string_view message) { log(HARBOR_LOG_INFO, message); }
  void warn(std::string_view message) { log(HARBOR_LOG_WARN, message); }
  void progress(double fraction, std::string_view what = {}) {
    harbor::progress(*this, fraction, what);
  }
  /// Records a warning in full: code, places, hint. The operation may still succeed.
  void warn(const Error& warning) { record_warning(*this, warning); }
  /// Records a failure and continues, for operations that report more than one. The operation ends
  /// with the status of the first, even if it returns an output.
  void fail(const Error& error) {
    const harbor_status status = record_failure(*this, error);
    if (failed_ == HARBOR_OK) failed_ = status;
  }
  /// The status of the first recorded failure, or HARBOR_OK.
  [[nodiscard]] harbor_status failed() const noexcept { return failed_; }

  // What it hands over: output.hpp.
  void emit_origin(std::string_view artifact, const json& origin) {
    harbor::emit_origin(*this, artifact, origin);
  }
  void save_state(const json& state) { harbor::save_state(*this, state); }

  // What it can do: spawn.hpp, secret.hpp, invoke.hpp, file.hpp, environment.hpp, expand.hpp,
  // trial.hpp.
  Process spawn(const Spawn& spawn) { return harbor::spawn(*this, spawn); }
  [[nodiscard]] json put_secret(std::string_view name, std::string_view value) {
    return harbor::put_secret(*this, name, value);
  }
  template <std::invocable<std::string_view> Use>
  void with_secret(const json& secret, Use&& use) {
    harbor::with_secret(*this, secret, std::forward<Use>(use));
  }
  json invoke(std::string_view action, const json& input) {
    return harbor::invoke(*this, action, input);
  }
  void raise_hook(std::string_view point, const json& payload = json::object()) {
    harbor::raise_hook(*this, point, payload);
  }
  bool replace_tree(std::string_view folder, const std::vector<OutputFile>& files,
                    const std::function<void(const FileChange&)>& on_file = {}) {
    return harbor::replace_tree(*this, folder, files, on_file);
  }
  bool write_file(const OutputFile& file) { return harbor::write_file(*this, file); }
  void write_new_files(std::string_view folder, const std::vector<OutputFile>& files) {
    harbor::write_new_files(*this, folder, files);
  }
  bool remove_file(std::string_view path) { return harbor::remove_file(*this, path); }
  [[nodiscard]] std::optional<std::string> environment(std::string_view name) const {
    return harbor::environment(*this, name);
  }
  [[nodiscard]] std::vector<std::string> environment_names(std::string_view prefix) const {
    return harbor::environment_names(*this, prefix);
  }
  void try_stage(const Trial& trial, const std::function<void(const TrialResult&)>& look) {
    harbor::try_stage(*this, trial, look);
  }
  Expansion expand(const Expand& request) { return harbor::expand(*this, request); }

 private:
  json input_;
  harbor_status failed_ = HARBOR_OK;
};

}  // namespace harbor
