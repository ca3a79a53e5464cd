// harbor/spawn.hpp - running a process through the host, so that timeouts, cancelling, logging and
// masking work the same for every pack.
#pragma once

#include <harbor/call.hpp>
#include <harbor/part.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor {

struct Variable {
  std::string name;
  Part value;
};

/// Where a child finds the i-th of its Spawn::files, counted from 0.
inline std::string file_path(std::size_t index) {
  return "/proc/self/fd/" + std::to_string(index + 3);
}

/// A process to run: `ctx.spawn({.argv = {"git", "status"}, .capture = true, .read_only = true})`.
struct Spawn {
  std::vector<std::string> argv;              ///< argv[0] is looked up on PATH; no shell, no secret
  std::vector<Variable> env = {};             ///< added to the host's small base environment
  std::vector<std::string> inherit_env = {};  ///< names, taken from Harbor's own environment if set
  std::string cwd = {};                       ///< absolute; empty = the workspace
  Parts input = {};                           ///< standard input, joined; none = /dev/null
  std::vector<Parts> files = {};              ///< in memory; the i-th is file_path(i) in the child
  std::chrono::milliseconds timeout = {};     ///< capped by the step's deadline; 0 = that deadline
  bool capture = false;                       ///< keep what it prints in Process::out and err
  bool quiet = false;                         ///< do not copy its lines to the run's log
  bool read_only = false;                     ///< only looks; required in validate, plan and status
  bool attach = false;                        ///< talks to the user
  bool clean_up = false;  ///< removes what an earlier child left: runs even if the run is cancelled
                          ///< or the deadline has passed, for at most 10 s
  /// Called on this thread for each line, without its newline; `fd` is 1 or 2. spawn() rethrows the
  /// first exception that it throws, after the process has ended.
  std::function<void(int fd, std::string_view line)> on_line = {};
  /// Called on this thread whenever the process has printed nothing for `silence`; may spawn. What
  /// it throws ends the process, as its deadline would, and is thrown on by spawn(). Not for one
  /// that is attached.
  std::function<void()> on_silence = {};
  std::chrono::milliseconds silence = {};
};

/// How a process ended.
struct Process {
  int exit_code = 0;  ///< -1 when a signal ended it
  int signal = 0;     ///< 0 when it exited by itself
  std::string out;    ///< with Spawn::capture
  std::string err;
  bool truncated = false;  ///< it printed more than is kept
  bool lossy = false;      ///< invalid UTF-8 was replaced

  [[nodiscard]] bool ok() const noexcept { return exit_code == 0 && signal == 0; }
};

namespace detail {

/// A harbor_spawn and the arrays that it points into. The texts stay in the Spawn, which must
/// outlive it.
class SpawnView {
 public:
  explicit SpawnView(const Spawn& spawn)
      : on_line_(spawn.on_line), on_silence_(spawn.on_silence), input_(raw(spawn.input)) {
    for (const std::string& word : spawn.argv) argv_.push_back(view(word));
    for (const Variable& variable : spawn.env)
      env_.push_back({view(variable.name), raw(variable.value)});
    for (const std::string& name : spawn.inherit_env) inherit_.push_back(view(name));
    for (const Parts& file : spawn.files) contents_.push_back(raw(file));
    for (const auto& content : contents_) files_.push_back({content.data(), content.size()});
    fill(spawn);
  }
  SpawnView(const SpawnView&) = delete;
  SpawnView& operator=(const SpawnView&) = delete;

  const harbor_spawn* get() const noexcept { return &raw_; }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  static void on_line(void* user, std::int32_t fd, harbor_str line) noexcept {
    auto* self = static_cast<SpawnView*>(user);
    guard(self->thrown_, [&] { self->on_line_(fd, text(line)); });
  }
  static harbor_status on_silence(void* user) noexcept {
    auto* self = static_cast<SpawnView*>(user);
    guard(self->thrown_, [&] { self->on_silence_(); });
    return self->thrown_ ? HARBOR_E_FAILED : HARBOR_OK;
  }

  void fill(const Spawn& spawn) noexcept {
    raw_.struct_size = sizeof raw_;
    raw_.flags =
        (spawn.capture ? HARBOR_SPAWN_CAPTURE : 0u) | (spawn.quiet ? HARBOR_SPAWN_QUIET : 0u) |
        (spawn.read_only ? HARBOR_SPAWN_READ_ONLY : 0u) |
        (spawn.attach ? HARBOR_SPAWN_ATTACH : 0u) | (spawn.clean_up ? HARBOR_SPAWN_CLEAN_UP : 0u);
    raw_.argv = argv_.data();
    raw_.argc = argv_.size();
    raw_.env = env_.data();
    raw_.env_count = env_.size();
    raw_.inherit_env = inherit_.data();
    raw_.inherit_env_count = inherit_.size();
    raw_.cwd = view(spawn.cwd);
    raw_.stdin_parts = input_.data();
    raw_.stdin_part_count = input_.size();
    raw_.files = files_.data();
    raw_.file_count = files_.size();
    raw_.timeout_ms = spawn.timeout.count();
    raw_.on_line = spawn.on_line ? &on_line : nullptr;
    raw_.user = this;
    raw_.on_silence = spawn.on_silence ? &on_silence : nullptr;
    raw_.silence_ms = spawn.silence.count();
  }

  const std::function<void(int, std::string_view)>& on_line_;
  const std::function<void()>& on_silence_;
  std::exception_ptr thrown_;
  std::vector<harbor_str> argv_, inherit_;
  std::vector<harbor_var> env_;
  std::vector<harbor_part> input_;
  std::vector<std::vector<harbor_part>> contents_;
  std::vector<harbor_file> files_;
  harbor_spawn raw_{};
};

}  // namespace detail

/// Runs a process to its end, on any thread. It returns for any exit status: look at Process::ok().
/// Throws HostFailure when it could not be run, and what `on_line` threw.
inline Process spawn(const Call& call, const Spawn& spawn) {
  const detail::SpawnView view(spawn);
  harbor_spawn_result result{};
  result.struct_size = sizeof result;
  const harbor_status status = call.host().spawn(call.raw(), view.get(), &result);
  view.rethrow();
  detail::check(status, "spawn");
  return {.exit_code = result.exit_code,
          .signal = result.term_signal,
          .out = std::string(detail::text(result.out)),
          .err = std::string(detail::text(result.err)),
          .truncated = (result.flags & HARBOR_SPAWNED_TRUNCATED) != 0,
          .lossy = (result.flags & HARBOR_SPAWNED_LOSSY) != 0};
}

}  // namespace harbor
