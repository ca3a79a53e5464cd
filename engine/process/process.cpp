#include "process/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "process/flow.hpp"
#include "process/reaper.hpp"
#include "process/spawn.hpp"
#include "process/terminal_relay.hpp"
#include "system/errno.hpp"

namespace harbor::process {
namespace {

// What a child left in the background may hold its pipes open for ever; this is how long Harbor
// reads on.
constexpr std::chrono::seconds drain_time{2};
// Otherwise the last look would never end when a process prints without end.
constexpr std::size_t last_sweep = 1024 * 1024;

/// The file descriptors of a child: those that Harbor keeps, and those that the child is given.
struct Streaming {
  std::vector<Flow> flows;  // out and err first when captured
  std::unique_ptr<TerminalRelay> terminal;
  std::vector<system::FileDescriptor> child_ends;
  Wiring wiring;
};

/// A running child. However this goes out of scope, nothing of the child is left.
class Child {
 public:
  explicit Child(Started started) : pid_(started.pid), pidfd_(std::move(started.pidfd)) {}
  ~Child() {
    if (!reaped_) reap_owned(pid_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  void signal_group(int signal) const { ::kill(-pid_, signal); }
  int reap() {
    reaped_ = true;
    return reap_owned(pid_);
  }

 private:
  pid_t pid_;
  system::FileDescriptor pidfd_;
  bool reaped_ = false;
};

/// When a child is told to stop, and when Harbor stops listening to what it left.
class Watch {
 public:
  Watch(const Command& command, const Cancellation& cancellation, const Child& child)
      : command_(command), cancellation_(cancellation), child_(child) {
    listens_ = command.on_silence && command.silence.count() > 0;
    if (listens_) heard_ = Clock::now();
  }

  /// Sends the signals that are due.
  void look(Clock::time_point now) {
    if (exited_) return;
    if (!asked_ && is_cancelled()) ask(Ended::cancelled, now);
    if (!asked_ && command_.deadline && now >= *command_.deadline) ask(Ended::timed_out, now);
    if (!asked_ && listens_ && now >= heard_ + command_.silence) {
      const bool goes_on = command_.on_silence();
      heard_ = now = Clock::now();  // what was asked may have taken its time
      if (!goes_on) ask(Ended::given_up, now);
    }
    if (asked_ && !killed_ && (now >= kill_at_ || is_at_once())) {
      killed_ = true;
      child_.signal_group(SIGKILL);
    }
  }

  void note_bytes(Clock::time_point now) { heard_ = now; }
  void note_exit(Clock::time_point now) {
    exited_ = true;
    drained_at_ = now + drain_time;
  }
  [[nodiscard]] bool is_exited() const { return exited_; }
  [[nodiscard]] bool is_drained(Clock::time_point now) const {
    return exited_ && now >= drained_at_;
  }
  /// After the exit, a cancellation ends the wait for what is left.
  [[nodiscard]] bool is_cut_short() const {
    return exited_ && (is_at_once() || (!asked_ && is_cancelled()));
  }
  /// Why the child was told to stop, if it was.
  [[nodiscard]] bool is_stopped() const { return asked_; }
  [[nodiscard]] Ended reason() const { return why_; }

  /// When look() has to be called again, or is_drained() changes.
  [[nodiscard]] std::optional<Clock::time_point> next() const {
    if (exited_) return drained_at_;
    if (killed_) return std::nullopt;
    if (asked_) return kill_at_;
    if (!listens_) return command_.deadline;
    const auto asks_at = heard_ + command_.silence;
    return command_.deadline ? std::min(asks_at, *command_.deadline) : asks_at;
  }
  [[nodiscard]] int cancel_fd() const {
    if (killed_ && !exited_) return -1;
    // A request stays readable. Once it was seen, only the stronger one is waited for; otherwise
    // the loop would spin.
    return asked_ ? cancellation_.at_once_fd() : cancellation_.fd();
  }

 private:
  [[nodiscard]] bool is_cancelled() const {
    return cancellation_.state() != Cancellation::State::none;
  }
  [[nodiscard]] bool is_at_once() const {
    return cancellation_.state() == Cancellation::State::at_once;
  }

  void ask(Ended why, Clock::time_point now) {
    asked_ = true;
    why_ = why;
    kill_at_ = now + command_.grace;
    if (is_at_once()) return;
    child_.signal_group(SIGTERM);
    // A stopped process does not see the request until it continues.
    child_.signal_group(SIGCONT);
  }

  const Command& command_;
  const Cancellation& cancellation_;
  const Child& child_;
  Clock::time_point kill_at_{};
  Clock::time_point drained_at_{};
  Clock::time_point heard_{};  // its last bytes
  bool listens_ = false;       // its silence matters
  Ended why_ = Ended::exited;
  bool asked_ = false;
  bool killed_ = false;
  bool exited_ = false;
};

/// A pipe out of the child: Harbor's end into a flow, the other kept for the start. Returns an
/// error number.
int add_pipe(Streaming& to, int& child_end, int relay_to, const Command& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
  Flow flow;
  flow.from = system::FileDescriptor(ends[0]);
  flow.to = relay_to;
  to.child_ends.emplace_back(ends[1]);
  child_end = ends[1];
  if (relay_to >= 0 && command.masker) flow.mask.emplace(*command.masker);
  to.flows.push_back(std::move(flow));
  return 0;
}

int capture_streams(const Command& command, Streaming& to) {
  // A file rather than a pipe: the child reads at its own pace, and Harbor does not have to feed
  // it.
  to.child_ends.push_back(command.input.empty()
                              ? system::FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))
                              : make_memory_file(command.input));
  to.wiring.in = to.child_ends.back().get();
  if (to.wiring.in < 0) return errno;
  if (const int error = add_pipe(to, to.wiring.out, -1, command); error != 0) return error;
  if (const int error = add_pipe(to, to.wiring.err, -1, command); error != 0) return error;
  for (int stream = 1; stream <= 2; ++stream) {
    LineSplitter::Take on_line;
    if (command.on_line) {
      on_line = [&command, stream](std::string_view line) { command.on_line(stream, line); };
    }
    to.flows[static_cast<std::size_t>(stream - 1)].capture.emplace(command.keep,
                                                                   std::move(on_line));
  }
  return 0;
}

int relay_streams(const Command& command, Streaming& to) {
  if (const int error = add_pipe(to, to.wiring.out, STDOUT_FILENO, command); error != 0)
    return error;
  return add_pipe(to, to.wiring.err, STDERR_FILENO, command);
}

int relay_terminal(const Command& command, Streaming& to) {
  to.wiring.terminal = to.terminal->child_path();
  Flow keys;
  keys.from = system::FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  keys.to = to.terminal->master();
  keys.is_output = false;
  Flow screen;
  screen.from = to.terminal->copy_master();
  screen.to = STDOUT_FILENO;
  if (command.masker) screen.mask.emplace(*command.masker);
  if (!keys.from.is_open() || !screen.from.is_open()) return errno;
  to.flows.push_back(std::move(screen));
  to.flows.push_back(std::move(keys));
  if (::isatty(STDERR_FILENO) == 1) return 0;
  return add_pipe(to, to.wiring.err, STDERR_FILENO, command);
}

/// Fills `to`; returns why it could not, or nothing.
std::string connect(const Command& command, Streaming& to) {
  int error = 0;
  if (command.streams == Streams::captured) {
    error = capture_streams(command, to);
  } else if (!has_terminal()) {
    error = relay_streams(command, to);
  } else {
    std::string reason;
    to.terminal = TerminalRelay::open(reason);
    if (!to.terminal) return reason;
    error = relay_terminal(command, to);
  }
  return error == 0 ? std::string{} : system::describe_errno(error);
}

int timeout_until(std::optional<Clock::time_point> when, Clock::time_point now) {
  if (!when) return -1;
  // Rounded up: waking a fraction too early would spin until the time has come.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*when - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

/// The file descriptors that a round of the loop waits for. poll() skips negative numbers.
struct Poll {
  static constexpr std::size_t child = 0, resize = 2, first_flow = 3;  // 1: a cancellation
  std::vector<pollfd> fds;

  Poll(const Streaming& streaming, const Child& running, const Watch& watch) {
    fds.push_back({watch.is_exited() ? -1 : running.pidfd(), POLLIN, 0});
    fds.push_back({watch.cancel_fd(), POLLIN, 0});
    fds.push_back({streaming.terminal ? streaming.terminal->resized_fd() : -1, POLLIN, 0});
    for (const Flow& flow : streaming.flows) {
      fds.push_back({flow.wants_to_read() ? flow.from.get() : -1, POLLIN, 0});
      fds.push_back({flow.wants_to_write() ? flow.to : -1, POLLOUT, 0});
    }
  }
  [[nodiscard]] bool has(std::size_t index) const { return fds[index].revents != 0; }
};

std::optional<Clock::time_point> next_wake(const Streaming& streaming, const Watch& watch) {
  auto wake = watch.next();
  for (const Flow& flow : streaming.flows) {
    if (flow.release_at && (!wake || *flow.release_at < *wake)) wake = flow.release_at;
  }
  return wake;
}

/// Returns how many bytes came.
std::size_t move_bytes(std::vector<Flow>& flows, const Poll& poll, Clock::time_point now) {
  std::size_t came = 0;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    Flow& flow = flows[i];
    if (poll.has(Poll::first_flow + 2 * i)) came += read_some(flow);
    if (poll.has(Poll::first_flow + 2 * i + 1)) write_some(flow);
    if (flow.release_at && now >= *flow.release_at) release(flow);
  }
  return came;
}

/// True when the child is dead and there is nothing to wait for any more.
bool is_over(const std::vector<Flow>& flows, const Watch& watch, Clock::time_point now) {
  if (!watch.is_exited()) return false;
  if (watch.is_cut_short()) return true;
  bool is_waiting = false;
  for (const Flow& flow : flows) {
    if (!flow.is_output) continue;
    // What the child has printed is written, however long the reader takes.
    if (flow.wants_to_write()) return false;
    is_waiting = is_waiting || !flow.is_finished();
  }
  return !is_waiting || watch.is_drained(now);
}

/// Until the child is dead and its outputs are empty, or the wait is over.
void attend(Streaming& streaming, Child& child, Watch& watch) {
  for (auto now = Clock::now(); !is_over(streaming.flows, watch, now); now = Clock::now()) {
    watch.look(now);
    Poll poll(streaming, child, watch);
    // After the drain time, only a slow reader or a cancellation is waited for.
    const int timeout =
        watch.is_drained(now) ? -1 : timeout_until(next_wake(streaming, watch), now);
    if (::poll(poll.fds.data(), poll.fds.size(), timeout) < 0) continue;
    now = Clock::now();
    if (poll.has(Poll::resize)) streaming.terminal->forward_size();
    if (move_bytes(streaming.flows, poll, now) > 0) watch.note_bytes(now);
    if (poll.has(Poll::child)) watch.note_exit(now);
  }
}

/// Takes what is in the pipes at this moment, waiting for nothing.
void sweep(std::vector<Flow>& flows) {
  for (Flow& flow : flows) {
    if (!flow.is_output) continue;
    for (std::size_t taken = 0; flow.from.is_open() && taken < last_sweep;) {
      pollfd ready{flow.from.get(), POLLIN, 0};
      if (::poll(&ready, 1, 0) <= 0) break;
      taken += read_some(flow);
    }
    if (flow.from.is_open()) finish(flow);
    while (flow.wants_to_write()) {
      pollfd ready{flow.to, POLLOUT, 0};
      if (::poll(&ready, 1, static_cast<int>(drain_time / std::chrono::milliseconds(1))) <= 0)
        break;
      write_some(flow);
    }
  }
}

void describe_status(int status, const Watch& watch, Completion& completion) {
  if (WIFSIGNALED(status)) {
    completion.signal = WTERMSIG(status);
    completion.how = Ended::signalled;
  } else {
    completion.exit_code = WEXITSTATUS(status);
    completion.how = Ended::exited;
  }
  // A child that was told to stop may still exit with 0, but it did not finish its work.
  if (watch.is_stopped()) completion.how = watch.reason();
}

void collect(std::vector<Flow>& flows, Completion& completion) {
  std::array<std::size_t*, 2> counts{&completion.out_bytes, &completion.err_bytes};
  std::array<std::string*, 2> texts{&completion.out, &completion.err};
  std::size_t i = 0;
  for (Flow& flow : flows) {
    if (!flow.is_output || i == counts.size()) continue;
    *counts[i] = flow.bytes;
    if (flow.capture) {
      completion.truncated = completion.truncated || flow.capture->is_truncated();
      completion.lossy = completion.lossy || flow.capture->is_lossy();
      *texts[i] = flow.capture->take_text();
    }
    ++i;
  }
}

Completion fail(Ended how, std::string reason = {}) {
  Completion completion;
  completion.how = how;
  completion.reason = std::move(reason);
  return completion;
}

}  // namespace

Completion run(const Command& command, const Cancellation& cancellation) {
  if (cancellation.state() != Cancellation::State::none) return fail(Ended::cancelled);
  if (command.deadline && Clock::now() >= *command.deadline) return fail(Ended::timed_out);

  Streaming streaming;
  if (std::string reason = connect(command, streaming); !reason.empty()) {
    return fail(Ended::not_started, std::move(reason));
  }
  Started started = start(command, streaming.wiring);
  if (started.pid < 0) return fail(started.failure, std::move(started.reason));
  Child child(std::move(started));
  // As long as Harbor holds these open, the pipes do not end with the child.
  streaming.child_ends.clear();
  if (streaming.terminal) streaming.terminal->close_child_side();

  Watch watch(command, cancellation, child);
  attend(streaming, child, watch);
  // What it left in its group ends with it, before the last look into the pipes.
  child.signal_group(SIGKILL);
  sweep(streaming.flows);

  Completion completion;
  describe_status(child.reap(), watch, completion);
  collect(streaming.flows, completion);
  return completion;
}

}  // namespace harbor::process
