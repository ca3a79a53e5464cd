#include "host/spawn_request.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "host/part_text.hpp"
#include "process/leftover.hpp"
#include "process/line.hpp"
#include "report/code_process.hpp"
#include "report/code_secret.hpp"
#include "system/utf8.hpp"

namespace harbor::host {
namespace {

constexpr std::size_t captured_bytes = std::size_t{16} << 20;

std::string_view text_of(harbor_str text) {
  return {text.ptr ? text.ptr : "", text.ptr ? text.len : 0};
}

/// Variables that a child always gets if they are set; all others are requested by name.
constexpr std::array base_names = {
    "PATH", "HOME",   "USER",    "LOGNAME", "SHELL",           "LANG",           "LC_ALL", "TZ",
    "TERM", "TMPDIR", "COLUMNS", "LINES",   "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"};

/// Thrown while a request is read; becomes the outcome's failure.
struct Refused {
  Failure failure;
};

[[noreturn]] void refuse(harbor_status status, std::string_view code, std::string message,
                         std::string hint = {}) {
  Failure failure;
  failure.status = status;
  failure.code = code;
  failure.message = std::move(message);
  failure.hint = std::move(hint);
  throw Refused{std::move(failure)};
}

std::string joined(const harbor_part* parts, std::size_t count, const secret::Vault& vault) {
  std::string text;
  if (!append_parts(parts, count, vault, text))
    refuse(HARBOR_E_DENIED, report::code::unknown_secret_reference,
           "a process needs a secret that does not exist",
           "references are valid in the run that made them");
  return text;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

void check_access(const SpawnAccess& access, const harbor_spawn& request,
                  const std::string& program) {
  if (!(access.effects & HARBOR_FX_EXEC))
    refuse(HARBOR_E_DENIED, report::code::undeclared_effect,
           "the action starts '" + program + "' without declaring the effect",
           "the pack must declare HARBOR_FX_EXEC for it");
  const bool only_looking = access.op == HARBOR_OP_PLAN || access.op == HARBOR_OP_VALIDATE ||
                            access.op == HARBOR_OP_STATUS;
  if (only_looking && !(request.flags & HARBOR_SPAWN_READ_ONLY))
    refuse(HARBOR_E_DENIED, report::code::spawn_not_read_only,
           "the action starts '" + program + "' while it may only look",
           "while planning, the pack may start only what it marks HARBOR_SPAWN_READ_ONLY");
}

/// Whether a part of a command line that equals a secret gives nothing away: `admin` of a project
/// in /srv/admin, `plain` among the options of any program. Up to eight letters count as a word.
bool is_harmless(std::string_view match, const std::vector<std::string>& public_words) {
  constexpr std::size_t longest_word = 8;
  const bool is_word =
      match.size() <= longest_word && std::all_of(match.begin(), match.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
  return is_word ||
         std::any_of(public_words.begin(), public_words.end(), [&](const std::string& text) {
           return text.find(match) != std::string::npos;
         });
}

void check_argument(const std::vector<std::string>& argv, const Services& services) {
  const secret::Masker& masker = services.vault->masker();
  const std::string& argument = argv.back();
  for (const std::string_view match : masker.find(argument)) {
    if (is_harmless(match, services.public_words)) continue;
    std::string names;
    for (const std::string& name : services.vault->names_in(match))
      names += (names.empty() ? "" : ", ") + name;
    refuse(HARBOR_E_DENIED, report::code::secret_on_command_line,
           "the secret " + names + " would be on the command line of '" + argv.front() +
               "', in argument " + std::to_string(argv.size() - 1) + ", '" +
               masker.apply(argument) + "'",
           "other users can read command lines: pass it by environment, standard input or file; "
           "what is no secret belongs into another env file");
  }
}

std::vector<std::string> arguments(const harbor_spawn& request, const Services& services) {
  std::vector<std::string> argv;
  argv.reserve(request.argc);
  for (std::size_t i = 0; i < request.argc; ++i) {
    argv.emplace_back(text_of(request.argv[i]));
    if (argv.back().find('\0') != std::string::npos)
      refuse(HARBOR_E_INPUT, report::code::program_not_started,
             "an argument of '" + argv.front() + "' contains a NUL byte");
    check_argument(argv, services);
  }
  return argv;
}

std::vector<std::pair<std::string, std::string>> environment(const harbor_spawn& request,
                                                             const Services& services,
                                                             const CallSetup& setup) {
  std::map<std::string, std::string> variables = {{process::run_variable, setup.run_id},
                                                  {process::workspace_variable, setup.workspace}};
  const auto inherit = [&](const std::string& name) {
    if (const auto found = services.environment.find(name); found != services.environment.end())
      variables[name] = found->second;
  };
  for (const char* name : base_names) inherit(name);
  for (std::size_t i = 0; i < request.inherit_env_count; ++i)
    inherit(std::string(text_of(request.inherit_env[i])));
  for (std::size_t i = 0; i < request.env_count; ++i) {
    const std::string name(text_of(request.env[i].name));
    auto value = joined(&request.env[i].value, 1, *services.vault);
    if (!is_variable_name(name) || value.find('\0') != std::string::npos)
      refuse(HARBOR_E_INPUT, report::code::program_not_started,
             "'" + name + "' cannot be a variable of a process",
             "names are letters, digits and '_'; values have no NUL byte");
    variables[name] = std::move(value);
  }
  return {std::make_move_iterator(variables.begin()), std::make_move_iterator(variables.end())};
}

/// What one process may add to the output of a run. Nobody reads more, and a child that prints
/// without end must not fill the disk with a log.
constexpr std::size_t told_bytes = std::size_t{4} << 20;

/// Masks the lines of both streams: here and not where events are sent, since a secret may span
/// several lines, and a long line may be cut in the middle of one. Text is held back while it may
/// be part of a secret.
class MaskedLines {
 public:
  MaskedLines(const secret::Masker& masker, const std::function<void(int, std::string)>& sink)
      : streams_{secret::Masker::Stream(masker), secret::Masker::Stream(masker)}, sink_(sink) {}

  void feed(int stream, std::string_view line) {
    const auto at = stream == 2 ? 1U : 0U;
    if (told_ > told_bytes) return;
    told_ += line.size() + 1;
    if (told_ > told_bytes) {
      finish();
      return sink_(stream, "[it printed more than 4 MiB: the rest is not shown]");
    }
    // A part of a line that is too long: a secret that was cut continues in the next part.
    const bool is_part = line.size() + 3 >= longest;
    text_[at] += streams_[at].feed(is_part ? line : std::string(line) + "\n");
    flush(at);
  }

  void finish() {
    if (std::exchange(is_finished_, true)) return;
    for (const auto at : {0U, 1U}) {
      text_[at] += streams_[at].finish();
      flush(at);
      if (!text_[at].empty()) sink_(at ? 2 : 1, std::exchange(text_[at], {}));
    }
  }

 private:
  void flush(std::size_t at) {
    for (std::size_t end = 0; (end = text_[at].find('\n')) != std::string::npos;) {
      sink_(at ? 2 : 1, text_[at].substr(0, end));
      text_[at].erase(0, end + 1);
    }
    while (text_[at].size() > longest) {
      const auto part = system::utf8_prefix(text_[at], longest).size();
      sink_(at ? 2 : 1, text_[at].substr(0, part));
      text_[at].erase(0, part);
    }
  }

  static constexpr std::size_t longest = process::LineSplitter::longest;

  std::array<secret::Masker::Stream, 2> streams_;
  std::array<std::string, 2> text_;
  std::size_t told_ = 0;
  bool is_finished_ = false;
  const std::function<void(int, std::string)>& sink_;
};

std::optional<Failure> failure_of(const process::Completion& done, const std::string& program) {
  Failure failure;
  switch (done.how) {
    case process::Ended::exited:
    case process::Ended::signalled:
      return std::nullopt;
    case process::Ended::not_found:
      failure.status = HARBOR_E_UNAVAILABLE;
      failure.code = report::code::program_not_found;
      failure.message = "'" + program + "' is not on PATH";
      failure.hint = "install it, or add its folder to PATH";
      break;
    case process::Ended::not_started:
      failure.code = report::code::program_not_started;
      failure.message = "'" + program + "' could not be started: " + done.reason;
      break;
    case process::Ended::timed_out:
      failure.status = HARBOR_E_TIMEOUT;
      failure.code = report::code::deadline_passed;
      failure.message = "'" + program + "' did not end before the deadline and was stopped";
      failure.hint = "a step's `timeout:` gives it longer";
      break;
    case process::Ended::given_up:
      failure.code = report::code::deadline_passed;
      failure.message =
          "'" + program + "' made no progress and was stopped by the action that ran it";
      break;
    case process::Ended::cancelled:
      failure.status = HARBOR_E_CANCELLED;
      failure.code = report::code::cancelled;
      failure.message = "'" + program + "' was stopped because the run was cancelled";
      break;
  }
  return failure;
}

/// A second Ctrl-C does not end a clean-up, so it must be short.
constexpr auto clean_up_time = std::chrono::seconds(10);

const char* words_of(process::Ended how) {
  switch (how) {
    case process::Ended::exited:
      return "ended";
    case process::Ended::signalled:
      return "was ended by a signal";
    case process::Ended::timed_out:
      return "was stopped at its deadline";
    case process::Ended::given_up:
      return "was stopped: it made no progress";
    case process::Ended::cancelled:
      return "was stopped: the run is cancelled";
    case process::Ended::not_found:
      return "was not found";
    case process::Ended::not_started:
      break;
  }
  return "could not be started";
}

std::optional<process::Clock::time_point> deadline_of(const Services& services,
                                                      const CallSetup& setup,
                                                      const harbor_spawn& request) {
  auto deadline = setup.deadline;
  if (request.flags & HARBOR_SPAWN_CLEAN_UP) deadline = services.time.now() + clean_up_time;
  if (request.timeout_ms > 0) {
    const auto own = services.time.now() + std::chrono::milliseconds(request.timeout_ms);
    if (!deadline || own < *deadline) deadline = own;
  }
  return deadline;
}

process::Command command_of(const Services& services, const CallSetup& setup,
                            const harbor_spawn& request) {
  process::Command command;
  command.argv = arguments(request, services);
  command.environment = environment(request, services, setup);
  if (const auto path = services.environment.find("PATH"); path != services.environment.end())
    command.path = path->second;
  command.folder = request.cwd.len ? std::string(text_of(request.cwd)) : setup.workspace;
  command.input = joined(request.stdin_parts, request.stdin_part_count, *services.vault);
  for (std::size_t i = 0; i < request.file_count; ++i)
    command.files.push_back(
        joined(request.files[i].parts, request.files[i].part_count, *services.vault));
  command.deadline = deadline_of(services, setup, request);
  if (request.flags & HARBOR_SPAWN_CAPTURE) command.keep = captured_bytes;
  return command;
}

/// A process is traced twice, at its start and at its end, so that one that hangs is visible.
void trace_start(const report::Trace& trace, const process::Command& command) {
  if (trace)
    trace(report::trace_event("process", "starts " + command.argv.front(),
                              {{"argv", command.argv}, {"folder", command.folder}}));
}

void trace_end(const report::Trace& trace, const process::Command& command,
               const process::Completion& done, std::chrono::duration<double> time) {
  if (!trace) return;
  nlohmann::json fields = {{"seconds", time.count()}};
  if (done.exit_code >= 0) fields["exit"] = done.exit_code;
  if (done.signal != 0) fields["signal"] = done.signal;
  if (!done.reason.empty()) fields["reason"] = done.reason;
  if (command.streams == process::Streams::captured)
    fields.update({{"outBytes", done.out_bytes}, {"errBytes", done.err_bytes}});
  trace(report::trace_event("process", command.argv.front() + " " + words_of(done.how),
                            std::move(fields)));
}

}  // namespace

SpawnOutcome serve_spawn(const Services& services, const CallSetup& setup,
                         const SpawnAccess& access, const harbor_spawn& given) {
  harbor_spawn request{};  // fields that the pack's version does not have stay empty
  std::memcpy(&request, &given, std::min<std::size_t>(given.struct_size, sizeof request));
  try {
    if (!request.argc)
      refuse(HARBOR_E_INPUT, report::code::program_not_started, "a process without a program");
    const secret::Masker& masker = services.vault->masker();
    check_access(access, request, std::string(text_of(request.argv[0])));
    process::Command command = command_of(services, setup, request);

    MaskedLines lines(masker, setup.output_line);
    const bool copy_lines = setup.output_line && !(request.flags & HARBOR_SPAWN_QUIET);
    if (copy_lines || request.on_line)
      command.on_line = [&](int stream, std::string_view line) {
        if (copy_lines) lines.feed(stream, line);
        if (request.on_line) request.on_line(request.user, stream, {line.data(), line.size()});
      };
    harbor_status given_up = HARBOR_OK;
    if (request.on_silence) {
      command.silence = std::chrono::milliseconds(request.silence_ms);
      command.on_silence = [&] {
        return (given_up = request.on_silence(request.user)) == HARBOR_OK;
      };
    }
    if ((request.flags & HARBOR_SPAWN_ATTACH) && access.may_attach) {
      command.streams = process::Streams::attached;
      command.masker = &masker;
    }
    SpawnOutcome outcome;
    // A cancelled run must not cancel the process that cleans up after it.
    const process::Cancellation deaf;
    const bool cleans_up = (request.flags & HARBOR_SPAWN_CLEAN_UP) != 0;
    trace_start(setup.trace, command);
    const auto begin = services.time.now();
    outcome.completion = services.run_process(command, cleans_up ? deaf : *services.cancellation);
    if (copy_lines) lines.finish();
    trace_end(setup.trace, command, outcome.completion, services.time.now() - begin);
    outcome.failure = failure_of(outcome.completion, command.argv.front());
    if (outcome.completion.how == process::Ended::given_up) outcome.failure->status = given_up;
    return outcome;
  } catch (Refused& refused) {
    return {{}, std::move(refused.failure)};
  }
}

}  // namespace harbor::host
