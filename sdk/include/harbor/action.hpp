// harbor/action.hpp - the C++20 layer over harbor/plugin.h. Header-only; nothing of it is exported
// by a pack.
//
// An action is a function `json f(Context&, const json& input)`, made a table entry by
// action<f>({...}) and registered by HARBOR_PLUGIN. It reports a failure by throwing Error;
// exceptions never leave the pack.
#pragma once

#include <harbor/environment.h>
#include <harbor/files.h>
#include <harbor/interpolation.h>
#include <harbor/output.h>
#include <harbor/plugin.h>
#include <harbor/error.hpp>
#include <harbor/expansion.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace harbor {

using json = nlohmann::json;

namespace detail {

constexpr harbor_str view(std::string_view text) noexcept { return {text.data(), text.size()}; }

constexpr std::string_view text(harbor_str view) noexcept {
  return view.len == 0 ? std::string_view{} : std::string_view{view.ptr, view.len};
}

/// Never throws for invalid UTF-8: such bytes become U+FFFD.
inline std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace detail

/// Thrown by Context when the host refuses or cannot do what was asked; the host has recorded why.
/// Left alone, it ends the operation with that status. Catch it to say something better, by
/// throwing an Error.
struct HostFailure : std::exception {
  harbor_status status;
  const char* function;  ///< of the host table: "spawn"

  HostFailure(harbor_status result, const char* name) noexcept : status(result), function(name) {}

  const char* what() const noexcept override { return function; }
};

// ---- Secrets and processes

/// True for {"$secret": "REF"}, the form in which a secret travels through JSON.
inline bool is_secret(const json& value) {
  return value.is_object() && value.size() == 1 && value.contains("$secret") &&
         value["$secret"].is_string();
}

/// A piece of text for a child's environment, standard input or file: plain, or the value behind a
/// reference, which only the host sees. Converts from text and from JSON, either a string or
/// {"$secret": "REF"}.
struct Part {
  std::string text;
  std::string reference;  ///< not empty: a secret, and `text` is ignored

  Part(const char* plain) : text(plain) {}
  Part(std::string_view plain) : text(plain) {}
  Part(std::string plain) : text(std::move(plain)) {}

  /// Throws Error (HARBOR_E_INPUT, "sdk.part") for any other JSON.
  template <std::same_as<json> Json>
  Part(const Json& value) {
    if (is_secret(value)) {
      reference = value["$secret"].template get<std::string>();
    } else if (value.is_string()) {
      text = value.template get<std::string>();
    } else {
      throw Error(HARBOR_E_INPUT, "sdk.part",
                  std::string("a text or a secret is needed here, found ") + value.type_name());
    }
  }

  /// `secret` is {"$secret": "REF"}, as put_secret() returns it. Throws like the conversion.
  static Part secret(const json& secret) {
    if (!is_secret(secret)) {
      throw Error(HARBOR_E_INPUT, "sdk.part",
                  std::string("a secret is needed here, found ") + secret.type_name());
    }
    return Part(secret);
  }
};

using Parts = std::vector<Part>;

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
  std::vector<std::string> argv;   ///< argv[0] is looked up on PATH; no shell, no secret
  std::vector<Variable> env = {};  ///< added to the host's small base environment
  std::vector<std::string> inherit_env =
      {};                                  ///< names, taken from Harbor's own environment where set
  std::string cwd = {};                    ///< absolute; empty = the workspace
  Parts input = {};                        ///< standard input, joined; none = /dev/null
  std::vector<Parts> files = {};           ///< in memory; the i-th is file_path(i) in the child
  std::chrono::milliseconds timeout = {};  ///< capped by the step's deadline; 0 = that deadline
  bool capture = false;                    ///< keep what it prints in Process::out and err
  bool quiet = false;                      ///< do not copy its lines to the run's log
  bool read_only = false;                  ///< only looks; required in validate, plan and status
  bool attach = false;                     ///< talks to the user
  /// Called on this thread for each line, without its newline; `fd` is 1 or 2. The first exception
  /// that it throws is thrown on by Context::spawn() after the process has ended.
  std::function<void(int fd, std::string_view line)> on_line = {};
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

// ---- Files

/// A file to be written beneath the run folder: `{.path = "web/app.yml", .parts = {text, secret}}`.
struct OutputFile {
  std::string path;        ///< relative, without ".."
  Parts parts;             ///< joined
  std::uint32_t mode = 0;  ///< permission bits; 0 = 0600
};

/// What becomes of one file. Texts are masked, and live as long as the call that gets them.
struct FileChange {
  std::string_view path;
  std::uint32_t change = HARBOR_FILE_UNCHANGED;  ///< HARBOR_FILE_*
  std::string_view before, after;
};

// ---- Results

/// Returned by an operation that found nothing to do; the step's outcome is `noop`.
struct Unchanged {
  json output = nullptr;
};

/// What an operation returns that may also find nothing to do: output, or Unchanged{output}. A null
/// output means that there is none.
struct Result {
  json output;
  bool changed = true;

  Result(json value = nullptr) : output(std::move(value)) {}
  Result(json::initializer_list_t value)
      : output(value) {}  // so that `return {{"key", 1}};` is an object
  Result(Unchanged unchanged) : output(std::move(unchanged.output)), changed(false) {}
};

// ---- Context

namespace detail {

/// A harbor_error and the text that it points into.
class ErrorView {
 public:
  explicit ErrorView(const Error& error, std::uint32_t flags = 0) : detail_(detail_of(error)) {
    raw_.struct_size = sizeof raw_;
    raw_.flags = flags;
    raw_.code = view(error.code);
    raw_.message = view(error.message);
    raw_.hint = view(error.hint);
    raw_.pointer = view(error.pointer);
    raw_.detail = view(detail_);
  }
  ErrorView(const ErrorView&) = delete;
  ErrorView& operator=(const ErrorView&) = delete;

  const harbor_error* get() const noexcept { return &raw_; }

 private:
  static std::string detail_of(const Error& error) {
    if (error.labels.empty() && error.causes.empty()) return {};
    json detail = json::object();
    for (const Label& label : error.labels) {
      detail["labels"].push_back({{"file", label.file},
                                  {"line", label.line},
                                  {"column", label.column},
                                  {"length", label.length},
                                  {"text", label.text}});
    }
    if (!error.causes.empty()) detail["causes"] = error.causes;
    return dump(detail);
  }

  std::string detail_;
  harbor_error raw_{};
};

/// Runs `body`, a callback that the host calls, and keeps the first exception for later.
template <class Body>
void guard(std::exception_ptr& thrown, const Body& body) noexcept {
  if (thrown) return;
  try {
    body();
  } catch (...) {
    thrown = std::current_exception();
  }
}

/// A harbor_spawn and the arrays that it points into. The texts stay in the Spawn, which must
/// outlive it.
class SpawnView {
 public:
  explicit SpawnView(const Spawn& spawn) : on_line_(spawn.on_line) {
    for (const std::string& word : spawn.argv) argv_.push_back(view(word));
    for (const Variable& variable : spawn.env)
      env_.push_back({view(variable.name), part(variable.value)});
    for (const std::string& name : spawn.inherit_env) inherit_.push_back(view(name));
    for (const Part& piece : spawn.input) input_.push_back(part(piece));
    for (const Parts& file : spawn.files) {
      contents_.emplace_back();
      for (const Part& piece : file) contents_.back().push_back(part(piece));
    }
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
  static harbor_part part(const Part& part) noexcept {
    return part.reference.empty() ? harbor_part{view(part.text), {}}
                                  : harbor_part{{}, view(part.reference)};
  }

  static void on_line(void* user, std::int32_t fd, harbor_str line) noexcept {
    auto* self = static_cast<SpawnView*>(user);
    guard(self->thrown_, [&] { self->on_line_(fd, text(line)); });
  }

  void fill(const Spawn& spawn) noexcept {
    raw_.struct_size = sizeof raw_;
    raw_.flags =
        (spawn.capture ? HARBOR_SPAWN_CAPTURE : 0u) | (spawn.quiet ? HARBOR_SPAWN_QUIET : 0u) |
        (spawn.read_only ? HARBOR_SPAWN_READ_ONLY : 0u) | (spawn.attach ? HARBOR_SPAWN_ATTACH : 0u);
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
  }

  const std::function<void(int, std::string_view)>& on_line_;
  std::exception_ptr thrown_;
  std::vector<harbor_str> argv_, inherit_;
  std::vector<harbor_var> env_;
  std::vector<harbor_part> input_;
  std::vector<std::vector<harbor_part>> contents_;
  std::vector<harbor_file> files_;
  harbor_spawn raw_{};
};

/// Output files in the boundary's form. The texts stay in the files, which must outlive it.
class OutputView {
 public:
  explicit OutputView(const std::vector<OutputFile>& files) {
    parts_.reserve(files.size());
    for (const OutputFile& file : files) {
      parts_.emplace_back();
      for (const Part& part : file.parts)
        parts_.back().push_back(part.reference.empty() ? harbor_part{view(part.text), {}}
                                                       : harbor_part{{}, view(part.reference)});
      raw_.push_back({view(file.path), parts_.back().data(), parts_.back().size(), file.mode, 0});
    }
  }
  OutputView(const OutputView&) = delete;
  OutputView& operator=(const OutputView&) = delete;

  const harbor_output_file* get() const noexcept { return raw_.data(); }
  std::size_t size() const noexcept { return raw_.size(); }

 private:
  std::vector<std::vector<harbor_part>> parts_;
  std::vector<harbor_output_file> raw_;
};

/// An expansion on its way through the boundary.
struct Expanding {
  const Expand& request;
  Expansion result;
  std::exception_ptr thrown;
  std::string value;  // the last one that was looked up

  static std::int32_t lookup(void* user, harbor_str name, harbor_str* value) noexcept {
    auto* self = static_cast<Expanding*>(user);
    bool is_set = false;
    guard(self->thrown, [&] {
      auto found = self->request.lookup(text(name));
      is_set = found.has_value();
      self->value = std::move(found).value_or("");
      *value = view(self->value);
    });
    return is_set ? HARBOR_VARIABLE_SET : HARBOR_VARIABLE_UNSET;
  }
  static void unset(void* user, harbor_str name, std::size_t offset, std::size_t length) noexcept {
    auto* self = static_cast<Expanding*>(user);
    guard(self->thrown, [&] {
      self->result.unset.push_back({offset, length, std::string(text(name))});
    });
  }
  static std::int32_t only(void* user, harbor_str name) noexcept {
    auto* self = static_cast<Expanding*>(user);
    bool is_wanted = false;
    guard(self->thrown, [&] { is_wanted = self->request.only(text(name)); });
    return is_wanted ? 1 : 0;
  }
};

}  // namespace detail

/// What a running operation may ask of its host; lives as long as the operation. log(), its short
/// forms, progress(), cancelled() and spawn() may be called from any thread, the rest only from the
/// operation's own. Every function that asks the host for something throws HostFailure when the
/// host says no.
class Context {
 public:
  explicit Context(harbor_call* call)
      : call_(call),
        input_(call->input.len == 0 ? json::object() : json::parse(detail::text(call->input))) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // What the call is about. Views live as long as the operation.
  [[nodiscard]] const json& input() const noexcept { return input_; }
  /// What an earlier execute of this step saved; null when there is nothing.
  [[nodiscard]] json state() const {
    return call_->state.len == 0 ? json() : json::parse(detail::text(call_->state));
  }
  [[nodiscard]] std::uint32_t op() const noexcept { return call_->op; }            ///< HARBOR_OP_*
  [[nodiscard]] std::uint32_t attempt() const noexcept { return call_->attempt; }  ///< from 1
  [[nodiscard]] std::string_view action() const noexcept {
    return detail::text(call_->action->name);
  }
  [[nodiscard]] std::string_view workspace() const noexcept {
    return detail::text(call_->workspace);
  }
  [[nodiscard]] std::string_view run_dir() const noexcept { return detail::text(call_->run_dir); }
  [[nodiscard]] std::string_view run_id() const noexcept { return detail::text(call_->run_id); }
  [[nodiscard]] std::string_view step_id() const noexcept { return detail::text(call_->step_id); }
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const {
    if (call_->deadline_ms == 0) return std::nullopt;
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(call_->deadline_ms));
  }
  /// 0, HARBOR_E_CANCELLED or HARBOR_E_TIMEOUT.
  [[nodiscard]] harbor_status cancelled() const noexcept { return host().cancelled(call_); }

  // What the user sees of it.
  /// A line for the run's log; `level` is HARBOR_LOG_*, `fields` an object or null.
  void log(std::int32_t level, std::string_view message, const json& fields = nullptr) {
    const std::string text = fields.is_null() ? std::string() : detail::dump(fields);
    host().log(call_, level, detail::view(message), detail::view(text));
  }
  void debug(std::string_view message) { log(HARBOR_LOG_DEBUG, message); }
  void info(std::string_view message) { log(HARBOR_LOG_INFO, message); }
  void warn(std::string_view message) { log(HARBOR_LOG_WARN, message); }
  /// 0 to 1, or negative when unknown; `what` is a few words.
  void progress(double fraction, std::string_view what = {}) {
    host().progress(call_, fraction, detail::view(what));
  }
  /// Records a warning in full: code, places, hint. The operation may still succeed.
  void warn(const Error& warning) {
    host().fail(call_, warning.status, detail::ErrorView(warning, HARBOR_ERROR_WARNING).get());
  }
  /// Records a failure and goes on, for operations that report more than one. The operation ends
  /// with the status of the first, even if it returns an output.
  void fail(const Error& error) {
    const harbor_status status = error.status > HARBOR_OK ? error.status : HARBOR_E_FAILED;
    if (failed_ == HARBOR_OK) failed_ = status;
    host().fail(call_, status, detail::ErrorView(error).get());
  }
  /// The status of the first recorded failure, or HARBOR_OK.
  [[nodiscard]] harbor_status failed() const noexcept { return failed_; }
  /// Where the parts of an artifact come from: JSON pointers -> [{"file", "line", "column",
  /// "layer", "value", "overridden"}], the effective one last.
  void emit_origin(std::string_view artifact, const json& origin) {
    const std::string text = detail::dump(origin);
    check(host().emit_origin(call_, detail::view(artifact), detail::view(text)), "emit_origin");
  }

  // What it can do.
  /// For undo and status; durable when it returns. Save the intent before the side effect.
  void save_state(const json& state) {
    const std::string text = detail::dump(state);
    check(host().save_state(call_, detail::view(text)), "save_state");
  }
  /// Runs a process to its end. It returns for any exit status: look at Process::ok().
  Process spawn(const Spawn& spawn) {
    const detail::SpawnView view(spawn);
    harbor_spawn_result result{};
    result.struct_size = sizeof result;
    const harbor_status status = host().spawn(call_, view.get(), &result);
    view.rethrow();
    check(status, "spawn");
    return {.exit_code = result.exit_code,
            .signal = result.term_signal,
            .out = std::string(detail::text(result.out)),
            .err = std::string(detail::text(result.err)),
            .truncated = (result.flags & HARBOR_SPAWNED_TRUNCATED) != 0,
            .lossy = (result.flags & HARBOR_SPAWNED_LOSSY) != 0};
  }
  /// Hands the value to the vault, which masks it from now on; returns {"$secret": "REF"}. `name`
  /// is for messages.
  [[nodiscard]] json put_secret(std::string_view name, std::string_view value) {
    harbor_str reference{};
    check(host().put_secret(call_, detail::view(name), detail::view(value), &reference),
          "put_secret");
    return {{"$secret", std::string(detail::text(reference))}};
  }
  /// Calls `use(std::string_view value)` once; the bytes are wiped afterwards, so keep no copy.
  /// `secret` is {"$secret": "REF"}. Throws what `use` throws.
  template <std::invocable<std::string_view> Use>
  void with_secret(const json& secret, Use&& use) {
    struct Guarded {
      std::remove_reference_t<Use>& use;
      std::exception_ptr thrown;
    } guarded{use, nullptr};
    const Part part = Part::secret(secret);
    const auto trampoline = [](void* user, harbor_str value) noexcept {
      auto* self = static_cast<Guarded*>(user);
      detail::guard(self->thrown, [&] { self->use(detail::text(value)); });
    };
    const harbor_status status =
        host().with_secret(call_, detail::view(part.reference), trampoline, &guarded);
    if (guarded.thrown) std::rethrow_exception(guarded.thrown);
    check(status, "with_secret");
  }
  /// Runs another action as part of this step, at most 16 deep; returns its output, null when it
  /// has none.
  json invoke(std::string_view action, const json& input) {
    const std::string text = detail::dump(input);
    harbor_str output{};
    check(host().invoke(call_, detail::view(action), detail::view(text), &output), "invoke");
    return output.len == 0 ? json() : json::parse(detail::text(output));
  }
  /// Runs the descriptor's hooks for `point` ("pre_service_up").
  void raise_hook(std::string_view point, const json& payload = json::object()) {
    const std::string text = detail::dump(payload);
    check(host().raise_hook(call_, detail::view(point), detail::view(text)), "raise_hook");
  }
  /// Makes `folder`, beneath the run folder, hold exactly these files; says whether something
  /// differs. `on_file` hears of each. Validate, plan and status only compare.
  bool replace_tree(std::string_view folder, const std::vector<OutputFile>& files,
                    const std::function<void(const FileChange&)>& on_file = {}) {
    struct Guarded {
      const std::function<void(const FileChange&)>& tell;
      std::exception_ptr thrown;
    } guarded{on_file, nullptr};
    const auto trampoline = [](void* user, harbor_str path, std::uint32_t change, harbor_str before,
                               harbor_str after) noexcept {
      auto* self = static_cast<Guarded*>(user);
      detail::guard(self->thrown, [&] {
        self->tell({detail::text(path), change, detail::text(before), detail::text(after)});
      });
    };
    const detail::OutputView view(files);
    const harbor_status status =
        files_table().replace_tree(call_, detail::view(folder), view.get(), view.size(),
                                   file_flags(), on_file ? +trampoline : nullptr, &guarded);
    if (guarded.thrown) std::rethrow_exception(guarded.thrown);
    check(status, "replace_tree");
    return status != HARBOR_UNCHANGED;
  }
  /// Writes one file beneath the run folder; says whether it differs. Validate, plan and status
  /// only compare.
  bool write_file(const OutputFile& file) {
    const std::vector<OutputFile> files{file};
    const detail::OutputView view(files);
    const harbor_status status = files_table().write(call_, view.get(), file_flags());
    check(status, "write_file");
    return status != HARBOR_UNCHANGED;
  }
  /// Removes a file or a folder beneath the run folder; says whether there was one.
  bool remove_file(std::string_view path) {
    const harbor_status status = files_table().remove(call_, detail::view(path));
    check(status, "remove_file");
    return status != HARBOR_UNCHANGED;
  }
  /// A variable of the environment that the user started Harbor with; nothing when it is not set.
  /// From any thread. Needs HARBOR_FX_READ_HOST.
  [[nodiscard]] std::optional<std::string> environment(std::string_view name) {
    const auto& table =
        needed<harbor_environment>(HARBOR_ENVIRONMENT_ID, "read the environment for packs");
    harbor_str value{};
    const harbor_status status = table.get(call_, detail::view(name), &value);
    if (status == HARBOR_E_NOT_FOUND) return std::nullopt;
    check(status, "environment");
    return std::string(detail::text(value));
  }
  /// Expands `${NAME}` as the descriptor and env files do. A text with a fault is a result, too.
  Expansion expand(const Expand& request) {
    const auto& table =
        needed<harbor_interpolation>(HARBOR_INTERPOLATION_ID, "expand variables for packs");
    detail::Expanding state{request, {}, nullptr, {}};
    harbor_expand raw{};
    raw.struct_size = sizeof raw;
    raw.flags = request.eager ? HARBOR_EXPAND_EAGER : 0u;
    raw.text = detail::view(request.text);
    raw.user = &state;
    raw.lookup = &detail::Expanding::lookup;
    raw.unset = &detail::Expanding::unset;
    raw.only = request.only ? &detail::Expanding::only : nullptr;
    harbor_expansion done{};
    done.struct_size = sizeof done;
    const harbor_status status = table.expand(call_, &raw, &done);
    if (state.thrown) std::rethrow_exception(state.thrown);
    check(status, "expand");
    state.result.text = detail::text(done.text);
    if (done.fault != HARBOR_EXPANSION_FINE)
      state.result.fault = Expansion::Fault{done.fault, done.offset, done.length,
                                            std::string(detail::text(done.name)),
                                            std::string(detail::text(done.message))};
    return std::move(state.result);
  }
  /// An optional table of the host ("harbor.files.v1"), or nullptr. The caller knows its type from
  /// the id.
  template <class Table>
  [[nodiscard]] const Table* extension(std::string_view id) const {
    return static_cast<const Table*>(host().extension(call_->host, detail::view(id)));
  }

  [[nodiscard]] harbor_call* raw() const noexcept { return call_; }

 private:
  [[nodiscard]] const harbor_host& host() const noexcept { return *call_->host; }

  static void check(harbor_status status, const char* function) {
    if (status > HARBOR_OK) throw HostFailure(status, function);
  }

  template <class Table>
  [[nodiscard]] const Table& needed(std::string_view id, const char* what) const {
    if (const auto* table = extension<Table>(id)) return *table;
    throw Error(HARBOR_E_UNSUPPORTED, "sdk.unsupported", std::string("this Harbor cannot ") + what,
                "install a newer Harbor");
  }
  [[nodiscard]] const harbor_files& files_table() const {
    return needed<harbor_files>(HARBOR_FILES_ID, "write files for packs");
  }
  [[nodiscard]] std::uint32_t file_flags() const noexcept {
    const bool only_looks =
        op() == HARBOR_OP_VALIDATE || op() == HARBOR_OP_PLAN || op() == HARBOR_OP_STATUS;
    return only_looks ? HARBOR_FILES_LOOK : 0u;
  }

  harbor_call* call_;
  json input_;
  harbor_status failed_ = HARBOR_OK;
};

// ---- Actions

/// A function that can be an operation: (Context&, const json& input) to json, Result or nothing.
template <class Function>
concept OperationFunction = std::invocable<Function, Context&, const json&> &&
    (std::is_void_v<std::invoke_result_t<Function, Context&, const json&>> ||
     std::convertible_to<std::invoke_result_t<Function, Context&, const json&>, Result>);

namespace detail {

inline harbor_status report_bug(harbor_call* call, const char* what) noexcept {
  try {
    Error error(HARBOR_E_INTERNAL, "sdk.exception",
                std::string(text(call->action->name)) + " ended with an unexpected exception",
                "this is a bug of the pack that provides the action: report it to its author");
    if (what != nullptr) error.causes.emplace_back(what);
    call->host->fail(call, error.status, ErrorView(error).get());
  } catch (...) {
    harbor_error error{};  // out of memory: only what needs none
    error.struct_size = sizeof error;
    error.code = view("sdk.exception");
    error.message = view("out of memory");
    call->host->fail(call, HARBOR_E_INTERNAL, &error);
  }
  return HARBOR_E_INTERNAL;
}

/// Hands the output over: large texts as they are, where the host takes them so, and the rest as
/// JSON.
inline harbor_status emit(harbor_call* call, const Context& context, json& output) {
  constexpr std::size_t large = 4096;
  std::vector<std::pair<std::string, json>> texts;
  const auto* table = context.extension<harbor_output>(HARBOR_OUTPUT_ID);
  if (table != nullptr && output.is_object())
    for (auto at = output.begin(); at != output.end();) {
      const bool is_large = at->is_string() && at->get_ref<const std::string&>().size() > large;
      if (is_large) texts.emplace_back(at.key(), std::move(*at));
      at = is_large ? output.erase(at) : std::next(at);
    }
  harbor_status status = call->host->emit_output(call, view(dump(output)));
  for (const auto& [name, value] : texts)
    if (status <= HARBOR_OK)
      status = table->emit_text(call, view(name), view(value.get_ref<const std::string&>()));
  return status;
}

inline harbor_status finish(harbor_call* call, const Context& context, Result result) {
  if (context.failed() != HARBOR_OK) return context.failed();
  if (!result.output.is_null()) {
    const harbor_status status = emit(call, context, result.output);
    if (status > HARBOR_OK) return status;
  }
  return result.changed ? HARBOR_OK : HARBOR_UNCHANGED;
}

/// The wall between C++ and the boundary.
template <auto Function>
harbor_status run(harbor_call* call) noexcept {
  try {
    Context context(call);
    try {
      if constexpr (std::is_void_v<decltype(Function(context, context.input()))>) {
        Function(context, context.input());
        return finish(call, context, {});
      } else {
        return finish(call, context, Function(context, context.input()));
      }
    } catch (const Error& error) {
      context.fail(error);
      return context.failed();
    } catch (const HostFailure& failure) {
      return failure.status;
    }
  } catch (const std::exception& exception) {
    return report_bug(call, exception.what());
  } catch (...) {
    return report_bug(call, nullptr);
  }
}

}  // namespace detail

/// A C++ function as an operation of the boundary.
template <auto Function>
requires OperationFunction<decltype(Function)>
inline constexpr harbor_op operation = &detail::run<Function>;

/// Everything of an action but its execute; every text must be a literal. See harbor_action in
/// plugin.h.
struct ActionDef {
  std::string_view name;
  std::string_view doc;
  std::string_view input = "{}";  ///< JSON Schema draft 7
  std::string_view output = {};   ///< the same; empty = no output
  std::string_view requires_caps = {};
  std::string_view provides_caps = {};
  std::uint64_t effects = 0;     ///< HARBOR_FX_*
  std::uint32_t flags = 0;       ///< HARBOR_AF_*
  harbor_op validate = nullptr;  ///< operation<function>
  harbor_op plan = nullptr;
  harbor_op undo = nullptr;
  harbor_op status = nullptr;
};

/// `constexpr harbor_action up = action<run_up>({.name = "net.up", .undo = operation<run_down>});`
template <auto Execute>
requires OperationFunction<decltype(Execute)>
constexpr harbor_action action(const ActionDef& def) {
  harbor_action result{};
  result.struct_size = sizeof result;
  result.flags = def.flags;
  result.effects = def.effects;
  result.name = detail::view(def.name);
  result.doc = detail::view(def.doc);
  result.input_schema = detail::view(def.input);
  result.output_schema = detail::view(def.output);
  result.requires_caps = detail::view(def.requires_caps);
  result.provides_caps = detail::view(def.provides_caps);
  result.validate = def.validate;
  result.plan = def.plan;
  result.execute = operation<Execute>;
  result.undo = def.undo;
  result.status = def.status;
  return result;
}

// ---- The pack

/// Documentation of one failure, shown by `harbor explain CODE`; every text must be a literal.
struct Failure {
  harbor_status status;
  const char* code;         ///< as in Error::code
  const char* title;        ///< one line
  const char* explanation;  ///< plain text or Markdown: why it happens, what to do
};

/// What HARBOR_PLUGIN is given, as designated initialisers.
struct PluginDef {
  std::string_view id;       ///< reverse DNS, unique: "com.example.pack"
  std::string_view version;  ///< semantic version of the pack
  std::string_view vendor = {};
  std::string_view license = {};
  std::string_view url = {};
  std::initializer_list<const harbor_action*> actions;
  std::initializer_list<Failure> failures = {};
};

namespace detail {

/// The failure table of a pack in the boundary's form; a constant with static storage.
template <std::size_t Size>
struct FailureTable {
  std::array<harbor_failure, Size> entries{};
  std::array<const harbor_failure*, Size> pointers{};

  constexpr explicit FailureTable(std::initializer_list<Failure> failures) {
    for (std::size_t i = 0; i < Size; ++i) {
      const Failure& failure = failures.begin()[i];
      entries[i] = {sizeof(harbor_failure), failure.status, view(failure.code), view(failure.title),
                    view(failure.explanation)};
      pointers[i] = &entries[i];
    }
  }
  FailureTable(const FailureTable&) = delete;
  FailureTable& operator=(const FailureTable&) = delete;
};

constexpr harbor_plugin plugin(const PluginDef& def, const harbor_failure* const* failures) {
  return {sizeof(harbor_plugin), HARBOR_ABI_MAJOR,   HARBOR_ABI_MINOR,  view(def.id),
          view(def.version),     view(def.vendor),   view(def.license), view(def.url),
          def.actions.begin(),   def.actions.size(), failures,          def.failures.size()};
}

}  // namespace detail
}  // namespace harbor

/// Once in a pack: its table, its entry point and its ABI note. The arguments are the members of
/// PluginDef:
///   HARBOR_PLUGIN(.id = "com.example.fs", .version = "1.0.0", .actions = {&touch})
#define HARBOR_PLUGIN(...)                                                                        \
  HARBOR_ABI_NOTE                                                                                 \
  namespace {                                                                                     \
  constexpr harbor::PluginDef harbor_pack_def{__VA_ARGS__};                                       \
  constexpr harbor::detail::FailureTable<harbor_pack_def.failures.size()> harbor_pack_failures(   \
      harbor_pack_def.failures);                                                                  \
  constexpr harbor_plugin harbor_pack =                                                           \
      harbor::detail::plugin(harbor_pack_def, harbor_pack_failures.pointers.data());              \
  }                                                                                               \
  extern "C" HARBOR_EXPORT const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) { \
    return host->abi_major == HARBOR_ABI_MAJOR ? &harbor_pack : nullptr;                          \
  }
