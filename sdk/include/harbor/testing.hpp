// harbor/testing.hpp - a fake host for the tests of action packs. Header-only, for any test
// framework.
//
//   harbor::testing::Host host;
//   host.on_spawn({"tool", "up"}).exit(1).err("no space left\n");
//   const auto result = host.run(up_action, {{"service", "web"}});
//   REQUIRE(result.status == HARBOR_E_FAILED);
//
// Nothing is started, written or printed. What the pack does against the rules of plugin.h, and a
// process that the test has not scripted, ends run() with a Misuse, which says what and where.
#pragma once

#include <dlfcn.h>
#include <harbor/environment.h>
#include <harbor/files.h>
#include <harbor/plugin.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::testing {

using json = nlohmann::json;

/// The test, or the pack, broke a rule of the boundary.
struct Misuse : std::logic_error {
  using std::logic_error::logic_error;
};

// ---- What was recorded

/// A failure or a warning that the pack handed to the host.
struct Failure {
  harbor_status status = HARBOR_OK;
  std::string code, message, hint, pointer;
  json detail = nullptr;
};

struct Log {
  std::int32_t level = HARBOR_LOG_INFO;
  std::string message;
  json fields = nullptr;
};

struct Progress {
  double fraction = 0;
  std::string what;
};

/// A text that was handed to a child. Secrets stand here with their value.
struct Text {
  std::string value;
  bool has_secret = false;
};

struct RecordedSpawn {
  std::uint32_t op = 0;     ///< HARBOR_OP_* in which it happened
  std::uint32_t flags = 0;  ///< HARBOR_SPAWN_*
  std::vector<std::string> argv;
  std::map<std::string, Text> env;
  std::vector<std::string> inherit_env;
  std::string cwd;
  Text input;
  std::vector<Text> files;
  std::chrono::milliseconds timeout{};
};

/// A file beneath the run folder. A secret in it stands there with its value.
struct WrittenFile {
  std::string text;
  std::uint32_t mode = 0600;
  bool has_secret = false;

  friend bool operator==(const WrittenFile&, const WrittenFile&) = default;
};

/// How one operation ended.
struct Result {
  harbor_status status = HARBOR_OK;
  json output = nullptr;  ///< null when nothing was emitted
  std::vector<Failure> errors, warnings;

  [[nodiscard]] bool ok() const noexcept { return status <= HARBOR_OK; }
};

// ---- Text

inline std::string name_of(harbor_status status) {
  static constexpr const char* names[] = {
      "HARBOR_OK",          "HARBOR_E_FAILED",      "HARBOR_E_INPUT",
      "HARBOR_E_RETRYABLE", "HARBOR_E_CANCELLED",   "HARBOR_E_TIMEOUT",
      "HARBOR_E_DENIED",    "HARBOR_E_NOT_FOUND",   "HARBOR_E_UNSUPPORTED",
      "HARBOR_E_INTERNAL",  "HARBOR_E_UNAVAILABLE", "HARBOR_E_IO"};
  if (status == HARBOR_UNCHANGED) return "HARBOR_UNCHANGED";
  if (status >= 0 && status < static_cast<harbor_status>(std::size(names))) return names[status];
  return "status " + std::to_string(status);
}

inline std::string to_string(const Failure& failure) {
  std::string text = name_of(failure.status) + " " + failure.code + ": " + failure.message;
  if (!failure.pointer.empty()) text += " (at " + failure.pointer + ")";
  if (!failure.hint.empty()) text += "; hint: " + failure.hint;
  return text;
}

/// For the message of an assertion: `INFO(to_string(result));`
inline std::string to_string(const Result& result) {
  std::string text = name_of(result.status);
  if (!result.output.is_null()) text += "\noutput: " + result.output.dump();
  for (const Failure& error : result.errors) text += "\nerror: " + to_string(error);
  for (const Failure& warning : result.warnings) text += "\nwarning: " + to_string(warning);
  return text;
}

inline std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

namespace detail {

inline std::string text(harbor_str view) {
  return view.len == 0 ? std::string() : std::string(view.ptr, view.len);
}

/// Bytes on the heap without a terminator, so that a reader past the end is found by a sanitizer.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::string_view text) : data_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), data_.get());
  }
  [[nodiscard]] harbor_str view() const noexcept { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace detail

// ---- Scripts

/// What the host answers to a process that matches; made by Host::on_spawn().
class SpawnRule {
 public:
  using Match = std::function<bool(const RecordedSpawn&)>;
  SpawnRule(std::string name, Match match) : name_(std::move(name)), match_(std::move(match)) {}

  SpawnRule& exit(int code) { return exit_code_ = code, *this; }
  SpawnRule& signal(int number) { return signal_ = number, exit_code_ = -1, *this; }
  SpawnRule& out(std::string text) { return out_ = std::move(text), *this; }
  SpawnRule& err(std::string text) { return err_ = std::move(text), *this; }
  SpawnRule& truncated() { return flags_ |= HARBOR_SPAWNED_TRUNCATED, *this; }
  SpawnRule& lossy() { return flags_ |= HARBOR_SPAWNED_LOSSY, *this; }
  /// The process does not run; spawn() itself fails: HARBOR_E_UNAVAILABLE for a missing program.
  SpawnRule& refused(harbor_status status) { return refused_ = status, *this; }
  /// Only the next `count` matching processes; later ones fall to the rules behind this one.
  SpawnRule& times(std::size_t count) { return left_ = count, *this; }
  /// Called when the process would run, to write what it would write.
  SpawnRule& effect(std::function<void(const RecordedSpawn&)> run) {
    return effect_ = std::move(run), *this;
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  friend class Host;
  std::string name_;
  Match match_;
  std::function<void(const RecordedSpawn&)> effect_;
  std::string out_, err_;
  int exit_code_ = 0, signal_ = 0;
  std::uint32_t flags_ = 0;
  harbor_status refused_ = HARBOR_OK;
  std::size_t left_ = static_cast<std::size_t>(-1), used_ = 0;
};

// ---- A pack in a file

/// A pack's .so, loaded for good. Throws Misuse when it is no pack for this header, or its tables
/// break a rule.
class Pack {
 public:
  explicit Pack(const std::filesystem::path& file);

  [[nodiscard]] const harbor_plugin& table() const noexcept { return *plugin_; }
  [[nodiscard]] harbor_plugin_entry_fn entry() const noexcept { return entry_; }
  [[nodiscard]] const harbor_action& action(std::string_view name) const;
  /// True when the failure table explains this code.
  [[nodiscard]] bool explains(std::string_view code) const;

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Misuse(file_.string() + ": " + why);
  }
  void check(const harbor_action* action) const;
  void check_schema(const std::string& action, const char* which, harbor_str schema) const;

  std::filesystem::path file_;
  harbor_plugin_entry_fn entry_ = nullptr;
  const harbor_plugin* plugin_ = nullptr;
};

// ---- The host

/// One fake host: script it, run operations on it, look at what they did. The records of all runs
/// pile up.
class Host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // What the calls say of themselves.
  std::string workspace = "/workspace", run_dir = "/workspace/var/run";
  std::string run_id = "run-1", step_id = "step-1";
  std::uint32_t attempt = 1;
  std::map<std::string, std::string> environment;  ///< what the user started Harbor with
  json state = nullptr;  ///< what an earlier execute saved; save_state() replaces it

  /// Processes whose first words are these. The first rule that matches wins.
  SpawnRule& on_spawn(std::vector<std::string> words);
  SpawnRule& on_spawn(std::string name, SpawnRule::Match match);
  /// The answer to invoke(action, ...).
  void on_invoke(const std::string& action, std::function<json(const json& input)> answer) {
    invocable_[action] = std::move(answer);
  }
  /// From now on this function of the table fails: "save_state", "spawn", ... HARBOR_OK takes it
  /// back. An "alloc" that fails returns NULL.
  void refuse(const std::string& function, harbor_status status) { refused_[function] = status; }
  /// The run is cancelled at the k-th call of a host function of each run (counted from 1; 0 =
  /// never): from then on cancelled() says so and nothing can be spawned.
  void cancel_at(std::size_t k) { cancel_at_ = k; }
  /// Calls get this deadline; a negative one has passed.
  void deadline_in(std::chrono::milliseconds time) { deadline_ = time, has_deadline_ = true; }
  /// Puts a secret into the vault, to be used in an input: {"$secret": "REF"}.
  json secret(std::string_view value);
  /// What extension(id) returns. "harbor.files.v1" is there, over `files`, and
  /// "harbor.environment.v1", over `environment`; a
  /// "harbor.interpolation.v1" of its own a test that needs one hands over.
  void extend(const std::string& id, const void* table) { extensions_[id] = table; }

  /// Runs one operation. Throws Misuse when the pack broke a rule or something was not scripted.
  /// The input is not checked against the schema: pass what the engine would, with defaults filled
  /// in.
  Result run(const harbor_action& action, const json& input = json::object(),
             std::uint32_t op = HARBOR_OP_EXECUTE);
  Result plan(const harbor_action& action, const json& input = json::object()) {
    return run(action, input, HARBOR_OP_PLAN);
  }

  // What happened, oldest first.
  std::vector<RecordedSpawn> spawns;
  std::vector<Log> logs;
  std::vector<Progress> progress;
  std::vector<json> states;
  std::vector<std::pair<std::string, json>> origins;             ///< artifact, origins
  std::vector<std::pair<std::string, json>> hooks;               ///< point, payload
  std::vector<std::pair<std::string, json>> invocations;         ///< action, input
  std::vector<std::pair<std::string, std::string>> secrets_put;  ///< name, value
  std::map<std::string, WrittenFile> files;  ///< by their path beneath the run folder; may be set

  /// The value behind {"$secret": "REF"}. Throws Misuse for anything else.
  [[nodiscard]] std::string reveal(const json& secret) const;
  /// Names of the rules that no process has matched.
  [[nodiscard]] std::vector<std::string> unused() const;
  /// How often host functions were called in the last run.
  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
  /// The table itself, as a pack's entry point gets it.
  [[nodiscard]] const harbor_host* table() const noexcept { return &table_.raw; }

 private:
  struct Table {
    harbor_host raw;
    Host* owner;
  };

  static Host& of(harbor_call* call) noexcept { return *static_cast<Host*>(call->opaque); }
  static harbor_op operation(const harbor_action& action, std::uint32_t op) noexcept;

  template <class Body>
  harbor_status answer(const char* function, const Body& body) noexcept;
  void misused(std::string what) { misuses_.push_back(std::move(what)); }
  bool declares(std::uint64_t effect, const char* name);
  bool parse(harbor_str text, const char* function, json& value);
  [[nodiscard]] harbor_status stopped() const noexcept;
  harbor_str keep(std::string_view text);
  bool append(const harbor_part& part, Text& text);
  void check_leak(const char* where, harbor_str text);
  void check_plan();

  harbor_status record_failure(harbor_status status, const harbor_error& error);
  bool record_spawn(const harbor_spawn& spawn, RecordedSpawn& record);
  bool is_allowed(const RecordedSpawn& record);
  SpawnRule* rule_for(const RecordedSpawn& record);
  harbor_status spawn(const harbor_spawn& spawn, harbor_spawn_result& result);
  static void print(const harbor_spawn& spawn, std::int32_t fd, const std::string& text);

  static void do_log(harbor_call*, std::int32_t, harbor_str, harbor_str) noexcept;
  static void do_progress(harbor_call*, double, harbor_str) noexcept;
  static harbor_status do_emit_output(harbor_call*, harbor_str) noexcept;
  static harbor_status do_emit_origin(harbor_call*, harbor_str, harbor_str) noexcept;
  static harbor_status do_save_state(harbor_call*, harbor_str) noexcept;
  static harbor_status do_fail(harbor_call*, harbor_status, const harbor_error*) noexcept;
  static harbor_status do_cancelled(harbor_call*) noexcept;
  static harbor_status do_put_secret(harbor_call*, harbor_str, harbor_str, harbor_str*) noexcept;
  static harbor_status do_with_secret(harbor_call*, harbor_str, void (*)(void*, harbor_str),
                                      void*) noexcept;
  static harbor_status do_spawn(harbor_call*, const harbor_spawn*, harbor_spawn_result*) noexcept;
  static harbor_status do_invoke(harbor_call*, harbor_str, harbor_str, harbor_str*) noexcept;
  static harbor_status do_raise_hook(harbor_call*, harbor_str, harbor_str) noexcept;
  static void* do_alloc(harbor_call*, std::size_t, std::size_t) noexcept;
  static const void* do_extension(const harbor_host*, harbor_str) noexcept;
  static harbor_status do_replace_tree(harbor_call*, harbor_str, const harbor_output_file*,
                                       std::size_t, std::uint32_t, harbor_file_change,
                                       void*) noexcept;
  static harbor_status do_write(harbor_call*, const harbor_output_file*, std::uint32_t) noexcept;
  static harbor_status do_remove(harbor_call*, harbor_str) noexcept;
  static harbor_status do_environment(harbor_call*, harbor_str, harbor_str*) noexcept;

  using Files = std::map<std::string, WrittenFile>;
  static bool is_inner_path(const std::string& path);
  bool may_write(std::uint32_t flags);
  harbor_status read(const std::string& prefix, const harbor_output_file* given, std::size_t count,
                     Files& into);
  [[nodiscard]] std::string masked(std::string text) const;
  void tell(const std::string& path, std::uint32_t change, const WrittenFile* before,
            const WrittenFile* after, harbor_file_change to, void* user);

  static constexpr harbor_files files_table{sizeof(harbor_files), 0, do_replace_tree, do_write,
                                            do_remove};
  static constexpr harbor_environment environment_table{sizeof(harbor_environment), 0,
                                                        do_environment};
  Table table_{};
  mutable std::recursive_mutex mutex_;  // on_line() and with_secret() call back
  std::vector<std::unique_ptr<SpawnRule>> rules_;
  std::map<std::string, std::function<json(const json&)>> invocable_;
  std::map<std::string, harbor_status> refused_;
  std::map<std::string, std::string> vault_;
  std::map<std::string, const void*> extensions_;
  std::chrono::milliseconds deadline_{};
  bool has_deadline_ = false;
  std::size_t cancel_at_ = 0;

  // Of the operation that runs.
  harbor_call* call_ = nullptr;
  Result result_;
  std::size_t calls_ = 0;
  std::vector<std::string> misuses_;
  std::vector<detail::Bytes> arena_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

// ---- Implementation: the pack

inline Pack::Pack(const std::filesystem::path& file) : file_(std::filesystem::absolute(file)) {
  void* library = ::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Misuse(std::string("cannot load: ") + ::dlerror());
  void* symbol = ::dlsym(library, HARBOR_ENTRY_NAME);
  if (symbol == nullptr) refuse("exports no " HARBOR_ENTRY_NAME);
  std::memcpy(&entry_, &symbol, sizeof entry_);
  static Host& host = *new Host;  // as the engine's, it lives as long as the process
  plugin_ = entry_(host.table());
  if (plugin_ == nullptr) refuse("the entry point refused to load");
  if (plugin_->abi_major != HARBOR_ABI_MAJOR) refuse("built for another ABI");
  if (plugin_->id.len == 0 || plugin_->version.len == 0) refuse("id and version must not be empty");
  if (plugin_->action_count == 0) refuse("has no actions");
  for (std::size_t i = 0; i < plugin_->action_count; ++i) check(plugin_->actions[i]);
  for (std::size_t i = 0; i < plugin_->failure_count; ++i) {
    const harbor_failure* failure = plugin_->failures[i];
    if (failure->code.len == 0 || failure->title.len == 0) refuse("a failure lacks code or title");
  }
}

inline void Pack::check(const harbor_action* action) const {
  const std::string name = detail::text(action->name);
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  if (name.empty() || !is_plain || name.front() == '.' || name.back() == '.' ||
      name.find("..") != std::string::npos) {
    refuse("'" + name + "' is no action name");
  }
  if (action->execute == nullptr) refuse(name + " has no execute");
  const std::string doc = detail::text(action->doc);
  if (doc.empty() || doc.find('\n') != std::string::npos) refuse(name + ": doc must be one line");
  check_schema(name, "input", action->input_schema);
  if (action->output_schema.len != 0) check_schema(name, "output", action->output_schema);
}

inline void Pack::check_schema(const std::string& action, const char* which,
                               harbor_str schema) const {
  const json parsed = json::parse(detail::text(schema), nullptr, false);
  if (!parsed.is_object()) refuse(action + ": the " + which + " schema is no JSON object");
}

inline const harbor_action& Pack::action(std::string_view name) const {
  for (std::size_t i = 0; i < plugin_->action_count; ++i) {
    if (detail::text(plugin_->actions[i]->name) == name) return *plugin_->actions[i];
  }
  refuse("has no action " + std::string(name));
}

inline bool Pack::explains(std::string_view code) const {
  return std::any_of(
      plugin_->failures, plugin_->failures + plugin_->failure_count,
      [&](const harbor_failure* failure) { return detail::text(failure->code) == code; });
}

// ---- Implementation: scripting and running

inline Host::Host() {
  table_.owner = this;
  harbor_host& host = table_.raw;
  host.struct_size = sizeof host;
  host.abi_major = HARBOR_ABI_MAJOR;
  host.abi_minor = HARBOR_ABI_MINOR;
  host.version = {"2.0.0", 5};
  host.log = do_log;
  host.progress = do_progress;
  host.emit_output = do_emit_output;
  host.emit_origin = do_emit_origin;
  host.save_state = do_save_state;
  host.fail = do_fail;
  host.cancelled = do_cancelled;
  host.put_secret = do_put_secret;
  host.with_secret = do_with_secret;
  host.spawn = do_spawn;
  host.invoke = do_invoke;
  host.raise_hook = do_raise_hook;
  host.alloc = do_alloc;
  host.extension = do_extension;
}

inline SpawnRule& Host::on_spawn(std::vector<std::string> words) {
  const std::string name = join(words);
  return on_spawn(name, [words = std::move(words)](const RecordedSpawn& spawn) {
    return spawn.argv.size() >= words.size() &&
           std::equal(words.begin(), words.end(), spawn.argv.begin());
  });
}

inline SpawnRule& Host::on_spawn(std::string name, SpawnRule::Match match) {
  rules_.push_back(std::make_unique<SpawnRule>(std::move(name), std::move(match)));
  return *rules_.back();
}

inline json Host::secret(std::string_view value) {
  const std::string reference = "vault:" + std::to_string(vault_.size() + 1);
  vault_[reference] = std::string(value);
  return {{"$secret", reference}};
}

inline std::string Host::reveal(const json& secret) const {
  const bool is_reference = secret.is_object() && secret.value("$secret", json()).is_string();
  const auto found =
      is_reference ? vault_.find(secret["$secret"].get<std::string>()) : vault_.end();
  if (found == vault_.end()) throw Misuse("no secret of this host: " + secret.dump());
  return found->second;
}

inline std::vector<std::string> Host::unused() const {
  std::vector<std::string> names;
  for (const auto& rule : rules_) {
    if (rule->used() == 0) names.push_back(rule->name());
  }
  return names;
}

inline harbor_op Host::operation(const harbor_action& action, std::uint32_t op) noexcept {
  switch (op) {
    case HARBOR_OP_VALIDATE:
      return action.validate;
    case HARBOR_OP_PLAN:
      return action.plan;
    case HARBOR_OP_EXECUTE:
      return action.execute;
    case HARBOR_OP_UNDO:
      return action.undo;
    case HARBOR_OP_STATUS:
      return action.status;
    default:
      return nullptr;
  }
}

inline Result Host::run(const harbor_action& action, const json& input, std::uint32_t op) {
  const std::string name = detail::text(action.name);
  const harbor_op function = operation(action, op);
  if (function == nullptr) throw Misuse(name + " has no operation " + std::to_string(op));

  const detail::Bytes input_text(input.dump());
  const detail::Bytes state_text(state.is_null() ? std::string() : state.dump());
  const detail::Bytes folder(workspace), scratch(run_dir), run(run_id), step(step_id);
  harbor_call call{};
  call.struct_size = sizeof call;
  call.op = op;
  call.attempt = attempt;
  call.host = &table_.raw;
  call.action = &action;
  call.input = input_text.view();
  call.state = state_text.view();
  call.run_id = run.view();
  call.step_id = step.view();
  call.workspace = folder.view();
  call.run_dir = scratch.view();
  if (has_deadline_) {
    const auto until = std::chrono::steady_clock::now() + deadline_;
    call.deadline_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(until.time_since_epoch()).count();
  }
  call.opaque = this;

  call_ = &call;
  result_ = {};
  calls_ = 0;
  misuses_.clear();
  result_.status = function(&call);
  call_ = nullptr;
  arena_.clear();
  blocks_.clear();
  if (op == HARBOR_OP_PLAN && result_.ok()) check_plan();
  if (result_.status < HARBOR_UNCHANGED || result_.status > HARBOR_E_IO) {
    misused("returned the unknown " + name_of(result_.status));
  }
  if (!misuses_.empty()) {
    std::string text = name + ":";
    for (const std::string& misuse : misuses_) text += "\n  " + misuse;
    throw Misuse(text);
  }
  return result_;
}

// ---- Implementation: what the functions of the table share

/// Counts the call, applies refuse(), and lets nothing escape into the pack.
template <class Body>
harbor_status Host::answer(const char* function, const Body& body) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (const auto found = refused_.find(function);
        found != refused_.end() && found->second > HARBOR_OK) {
      return found->second;
    }
    return body();
  } catch (const std::exception& exception) {
    misused(std::string(function) + ": " + exception.what());
  } catch (...) {
    misused(std::string(function) + ": unknown exception");
  }
  return HARBOR_E_INTERNAL;
}

inline bool Host::declares(std::uint64_t effect, const char* name) {
  if ((call_->action->effects & effect) != 0) return true;
  misused(std::string("does what its effects do not declare: ") + name);
  return false;
}

inline bool Host::parse(harbor_str text, const char* function, json& value) {
  value = json::parse(detail::text(text), nullptr, false);
  if (value.is_object()) return true;
  misused(std::string(function) + " needs a JSON object, got: " + detail::text(text));
  return false;
}

inline harbor_status Host::stopped() const noexcept {
  if (cancel_at_ != 0 && calls_ >= cancel_at_) return HARBOR_E_CANCELLED;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  if (call_->deadline_ms != 0 && now >= std::chrono::milliseconds(call_->deadline_ms)) {
    return HARBOR_E_TIMEOUT;
  }
  return HARBOR_OK;
}

inline harbor_str Host::keep(std::string_view text) {
  arena_.emplace_back(text);
  return arena_.back().view();
}

/// False for a reference that the vault does not know.
inline bool Host::append(const harbor_part& part, Text& text) {
  if (part.secret.len == 0) {
    text.value += detail::text(part.text);
    return true;
  }
  const auto found = vault_.find(detail::text(part.secret));
  if (found == vault_.end()) return false;
  text.value += found->second;
  text.has_secret = true;
  return true;
}

inline harbor_status Host::record_failure(harbor_status status, const harbor_error& error) {
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

/// Secrets travel as references: none may stand in what the engine prints or stores. Very short
/// ones are not looked for, since they would be found by chance.
inline void Host::check_leak(const char* where, harbor_str text) {
  const std::string_view haystack =
      text.len == 0 ? std::string_view{} : std::string_view(text.ptr, text.len);
  for (const auto& [reference, value] : vault_) {
    if (value.size() >= 4 && haystack.find(value) != std::string_view::npos) {
      misused("the value of the secret " + reference + " stands in " + where + "()");
    }
  }
}

inline void Host::check_plan() {
  const json changes =
      result_.output.is_object() ? result_.output.value("changes", json()) : json();
  if (!changes.is_array()) return misused("plan needs an output {\"changes\": [...]}");
  for (const json& change : changes) {
    static constexpr const char* ops[] = {"create", "update", "delete", "run"};
    const std::string op = change.is_object() ? change.value("op", "") : "";
    if (std::find(std::begin(ops), std::end(ops), op) == std::end(ops) ||
        !change.contains("target")) {
      misused("no change: " + change.dump());
    }
  }
}

// ---- Implementation: processes

/// False for an unknown secret.
inline bool Host::record_spawn(const harbor_spawn& spawn, RecordedSpawn& record) {
  bool known = true;
  record.op = call_->op;
  record.flags = spawn.flags;
  for (std::size_t i = 0; i < spawn.argc; ++i) record.argv.push_back(detail::text(spawn.argv[i]));
  for (std::size_t i = 0; i < spawn.env_count; ++i) {
    known &= append(spawn.env[i].value, record.env[detail::text(spawn.env[i].name)]);
  }
  for (std::size_t i = 0; i < spawn.inherit_env_count; ++i) {
    record.inherit_env.push_back(detail::text(spawn.inherit_env[i]));
  }
  record.cwd = detail::text(spawn.cwd);
  for (std::size_t i = 0; i < spawn.stdin_part_count; ++i) {
    known &= append(spawn.stdin_parts[i], record.input);
  }
  for (std::size_t i = 0; i < spawn.file_count; ++i) {
    record.files.emplace_back();
    for (std::size_t k = 0; k < spawn.files[i].part_count; ++k) {
      known &= append(spawn.files[i].parts[k], record.files.back());
    }
  }
  record.timeout = std::chrono::milliseconds(spawn.timeout_ms);
  return known;
}

inline bool Host::is_allowed(const RecordedSpawn& record) {
  const std::size_t before = misuses_.size();
  declares(HARBOR_FX_EXEC, "HARBOR_FX_EXEC");
  if (record.argv.empty() || record.argv.front().empty()) misused("spawn() needs a program");
  const bool only_looks = record.op == HARBOR_OP_VALIDATE || record.op == HARBOR_OP_PLAN ||
                          record.op == HARBOR_OP_STATUS;
  if (only_looks && (record.flags & HARBOR_SPAWN_READ_ONLY) == 0) {
    misused("spawned without HARBOR_SPAWN_READ_ONLY in validate, plan or status: " +
            join(record.argv));
  }
  if (!record.cwd.empty() && record.cwd.front() != '/')
    misused("cwd is not absolute: " + record.cwd);
  for (const auto& [reference, value] : vault_) {
    for (const std::string& word : record.argv) {
      if (!value.empty() && word.find(value) != std::string::npos) {
        misused("a secret stands in argv of " + record.argv.front());
      }
    }
  }
  return misuses_.size() == before;
}

inline SpawnRule* Host::rule_for(const RecordedSpawn& record) {
  for (const auto& rule : rules_) {
    if (rule->left_ != 0 && rule->match_(record)) return rule.get();
  }
  std::string text = "no rule for the process: " + join(record.argv);
  for (const auto& rule : rules_) text += "\n    rule: " + rule->name();
  misused(text);
  return nullptr;
}

inline void Host::print(const harbor_spawn& spawn, std::int32_t fd, const std::string& text) {
  for (std::size_t at = 0; spawn.on_line != nullptr && at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const detail::Bytes line(std::string_view(text).substr(at, end - at));
    spawn.on_line(spawn.user, fd, line.view());
    at = end + 1;
  }
}

inline harbor_status Host::spawn(const harbor_spawn& spawn, harbor_spawn_result& result) {
  RecordedSpawn record;
  const bool knows_secrets = record_spawn(spawn, record);
  if (!is_allowed(record)) return HARBOR_E_DENIED;
  if (!knows_secrets) {
    misused("an unknown secret is handed to " + record.argv.front());
    return HARBOR_E_DENIED;
  }
  spawns.push_back(record);
  if (const harbor_status status = stopped(); status != HARBOR_OK) return status;
  SpawnRule* rule = rule_for(record);
  if (rule == nullptr) return HARBOR_E_INTERNAL;
  --rule->left_;
  ++rule->used_;
  if (rule->refused_ != HARBOR_OK) return rule->refused_;
  if (rule->effect_) rule->effect_(record);
  print(spawn, 1, rule->out_);
  print(spawn, 2, rule->err_);
  result.exit_code = rule->exit_code_;
  result.term_signal = rule->signal_;
  result.flags = rule->flags_;
  const bool captures = (spawn.flags & HARBOR_SPAWN_CAPTURE) != 0;
  result.out = captures ? keep(rule->out_) : harbor_str{};
  result.err = captures ? keep(rule->err_) : harbor_str{};
  return HARBOR_OK;
}

// ---- Implementation: the table

inline void Host::do_log(harbor_call* call, std::int32_t level, harbor_str message,
                         harbor_str fields) noexcept {
  Host& host = of(call);
  host.answer("log", [&] {
    host.check_leak("log", message);
    host.check_leak("log", fields);
    Log log{level, detail::text(message)};
    if (fields.len != 0) host.parse(fields, "log", log.fields);
    host.logs.push_back(std::move(log));
    return HARBOR_OK;
  });
}

inline void Host::do_progress(harbor_call* call, double fraction, harbor_str what) noexcept {
  Host& host = of(call);
  host.answer("progress", [&] {
    if (!(fraction <= 1)) host.misused("progress is more than 1");
    host.progress.push_back({fraction, detail::text(what)});
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_emit_output(harbor_call* call, harbor_str text) noexcept {
  Host& host = of(call);
  return host.answer("emit_output", [&] {
    host.check_leak("emit_output", text);
    return host.parse(text, "emit_output", host.result_.output) ? HARBOR_OK : HARBOR_E_INTERNAL;
  });
}

inline harbor_status Host::do_emit_origin(harbor_call* call, harbor_str artifact,
                                          harbor_str text) noexcept {
  Host& host = of(call);
  return host.answer("emit_origin", [&] {
    json origin;
    if (!host.parse(text, "emit_origin", origin)) return HARBOR_E_INTERNAL;
    host.origins.emplace_back(detail::text(artifact), std::move(origin));
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_save_state(harbor_call* call, harbor_str text) noexcept {
  Host& host = of(call);
  return host.answer("save_state", [&] {
    host.check_leak("save_state", text);
    if (!host.parse(text, "save_state", host.state)) return HARBOR_E_INTERNAL;
    host.states.push_back(host.state);
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_fail(harbor_call* call, harbor_status status,
                                   const harbor_error* error) noexcept {
  Host& host = of(call);
  return host.answer("fail", [&] { return host.record_failure(status, *error); });
}

inline harbor_status Host::do_cancelled(harbor_call* call) noexcept {
  Host& host = of(call);
  return host.answer("cancelled", [&] { return host.stopped(); });
}

inline harbor_status Host::do_put_secret(harbor_call* call, harbor_str name, harbor_str value,
                                         harbor_str* reference) noexcept {
  Host& host = of(call);
  return host.answer("put_secret", [&] {
    if (!host.declares(HARBOR_FX_SECRETS, "HARBOR_FX_SECRETS")) return HARBOR_E_DENIED;
    host.secrets_put.emplace_back(detail::text(name), detail::text(value));
    *reference = host.keep(host.secret(detail::text(value))["$secret"].get<std::string>());
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_with_secret(harbor_call* call, harbor_str reference,
                                          void (*use)(void*, harbor_str), void* user) noexcept {
  Host& host = of(call);
  return host.answer("with_secret", [&]() -> harbor_status {
    if (!host.declares(HARBOR_FX_SECRETS, "HARBOR_FX_SECRETS")) return HARBOR_E_DENIED;
    const auto found = host.vault_.find(detail::text(reference));
    if (found == host.vault_.end()) return HARBOR_E_DENIED;
    std::string value = found->second;
    use(user, {value.data(), value.size()});
    std::fill(value.begin(), value.end(), '\0');
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_spawn(harbor_call* call, const harbor_spawn* spawn,
                                    harbor_spawn_result* result) noexcept {
  Host& host = of(call);
  return host.answer("spawn", [&] { return host.spawn(*spawn, *result); });
}

inline harbor_status Host::do_invoke(harbor_call* call, harbor_str action, harbor_str input,
                                     harbor_str* output) noexcept {
  Host& host = of(call);
  return host.answer("invoke", [&] {
    json value;
    if (!host.parse(input, "invoke", value)) return HARBOR_E_INTERNAL;
    const std::string name = detail::text(action);
    host.invocations.emplace_back(name, value);
    const auto found = host.invocable_.find(name);
    if (found == host.invocable_.end()) {
      host.misused("no answer for invoke(" + name + ")");
      return HARBOR_E_NOT_FOUND;
    }
    const json answer = found->second(value);
    *output = answer.is_null() ? harbor_str{} : host.keep(answer.dump());
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_raise_hook(harbor_call* call, harbor_str point,
                                         harbor_str payload) noexcept {
  Host& host = of(call);
  return host.answer("raise_hook", [&] {
    json value;
    if (!host.parse(payload, "raise_hook", value)) return HARBOR_E_INTERNAL;
    host.hooks.emplace_back(detail::text(point), std::move(value));
    return HARBOR_OK;
  });
}

inline void* Host::do_alloc(harbor_call* call, std::size_t size, std::size_t align) noexcept {
  Host& host = of(call);
  void* block = nullptr;
  host.answer("alloc", [&] {
    std::size_t space = size + align;
    host.blocks_.push_back(std::make_unique<std::byte[]>(space));
    block = host.blocks_.back().get();
    std::align(align, size, block, space);
    return HARBOR_OK;
  });
  return block;
}

inline const void* Host::do_extension(const harbor_host* table, harbor_str id) noexcept {
  const Host& host = *reinterpret_cast<const Table*>(table)->owner;
  try {
    const std::string name = detail::text(id);
    const auto found = host.extensions_.find(name);
    if (found != host.extensions_.end()) return found->second;
    if (name == HARBOR_ENVIRONMENT_ID) return &environment_table;
    return name == HARBOR_FILES_ID ? &files_table : nullptr;
  } catch (...) {
    return nullptr;
  }
}

// ---- Implementation: the environment

inline harbor_status Host::do_environment(harbor_call* call, harbor_str name,
                                          harbor_str* value) noexcept {
  Host& host = of(call);
  return host.answer("environment", [&]() -> harbor_status {
    if (!host.declares(HARBOR_FX_READ_HOST, "HARBOR_FX_READ_HOST")) return HARBOR_E_DENIED;
    const auto found = host.environment.find(detail::text(name));
    if (found == host.environment.end()) return HARBOR_E_NOT_FOUND;
    *value = host.keep(found->second);
    return HARBOR_OK;
  });
}

// ---- Implementation: files

/// As files.h has it: parts that are not empty, "." or "..".
inline bool Host::is_inner_path(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) return false;
  const std::string padded = "/" + path + "/";
  return padded.find("//") == std::string::npos && padded.find("/./") == std::string::npos &&
         padded.find("/../") == std::string::npos;
}

inline bool Host::may_write(std::uint32_t flags) {
  if ((flags & HARBOR_FILES_LOOK) != 0) return true;
  const bool only_looks = call_->op == HARBOR_OP_VALIDATE || call_->op == HARBOR_OP_PLAN ||
                          call_->op == HARBOR_OP_STATUS;
  if (only_looks) misused("writes files in validate, plan or status");
  return !only_looks && declares(HARBOR_FX_WRITE_WORKSPACE, "HARBOR_FX_WRITE_WORKSPACE");
}

inline harbor_status Host::read(const std::string& prefix, const harbor_output_file* given,
                                std::size_t count, Files& into) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = detail::text(given[i].path);
    if (!is_inner_path(path)) return HARBOR_E_DENIED;
    Text text;
    for (std::size_t k = 0; k < given[i].part_count; ++k) {
      if (append(given[i].parts[k], text)) continue;
      misused("an unknown secret is written to " + path);
      return HARBOR_E_DENIED;
    }
    const std::uint32_t mode = given[i].mode == 0 ? 0600 : given[i].mode;
    if (into.emplace(prefix + path, WrittenFile{text.value, mode, text.has_secret}).second)
      continue;
    misused("two files of the name " + path);
    return HARBOR_E_IO;
  }
  return HARBOR_OK;
}

inline std::string Host::masked(std::string text) const {
  for (const auto& [reference, value] : vault_) {
    for (auto at = text.find(value); value.size() >= 4 && at != std::string::npos;
         at = text.find(value, at))
      text.replace(at, value.size(), "******");
  }
  return text;
}

inline void Host::tell(const std::string& path, std::uint32_t change, const WrittenFile* before,
                       const WrittenFile* after, harbor_file_change to, void* user) {
  if (to == nullptr) return;
  const detail::Bytes name(path), old(before ? masked(before->text) : std::string()),
      now(after ? masked(after->text) : std::string());
  to(user, name.view(), change, old.view(), now.view());
}

inline harbor_status Host::do_replace_tree(harbor_call* call, harbor_str folder,
                                           const harbor_output_file* given, std::size_t count,
                                           std::uint32_t flags, harbor_file_change change,
                                           void* user) noexcept {
  Host& host = of(call);
  return host.answer("replace_tree", [&]() -> harbor_status {
    const std::string root = detail::text(folder), prefix = root + "/";
    if (!is_inner_path(root) || !host.may_write(flags)) return HARBOR_E_DENIED;
    Files wanted, all;
    if (const auto refused = host.read(prefix, given, count, wanted)) return refused;
    for (const auto& [path, file] : host.files)
      if (path.starts_with(prefix)) all.emplace(path, file);
    all.insert(wanted.begin(), wanted.end());
    bool differs = false;
    for (const auto& [path, unused] : all) {
      const auto old = host.files.find(path), now = wanted.find(path);
      const WrittenFile* before = old == host.files.end() ? nullptr : &old->second;
      const WrittenFile* after = now == wanted.end() ? nullptr : &now->second;
      const bool is_same =
          before && after && before->text == after->text && before->mode == after->mode;
      const std::uint32_t what = !before   ? HARBOR_FILE_CREATED
                                 : !after  ? HARBOR_FILE_DELETED
                                 : is_same ? HARBOR_FILE_UNCHANGED
                                           : HARBOR_FILE_UPDATED;
      differs |= !is_same;
      host.tell(path.substr(prefix.size()), what, before, after, change, user);
    }
    if ((flags & HARBOR_FILES_LOOK) == 0) {
      std::erase_if(host.files, [&](const auto& file) { return file.first.starts_with(prefix); });
      host.files.merge(wanted);
    }
    return differs ? HARBOR_OK : HARBOR_UNCHANGED;
  });
}

inline harbor_status Host::do_write(harbor_call* call, const harbor_output_file* given,
                                    std::uint32_t flags) noexcept {
  Host& host = of(call);
  return host.answer("write", [&]() -> harbor_status {
    if (!host.may_write(flags)) return HARBOR_E_DENIED;
    Files wanted;
    if (const auto refused = host.read("", given, 1, wanted)) return refused;
    const auto& [path, file] = *wanted.begin();
    const auto old = host.files.find(path);
    const bool is_same =
        old != host.files.end() && old->second.text == file.text && old->second.mode == file.mode;
    if (is_same) return HARBOR_UNCHANGED;
    if ((flags & HARBOR_FILES_LOOK) == 0) host.files[path] = file;
    return HARBOR_OK;
  });
}

inline harbor_status Host::do_remove(harbor_call* call, harbor_str given) noexcept {
  Host& host = of(call);
  return host.answer("remove", [&]() -> harbor_status {
    const std::string path = detail::text(given);
    if (!is_inner_path(path) || !host.may_write(0)) return HARBOR_E_DENIED;
    const auto removed = std::erase_if(host.files, [&](const auto& file) {
      return file.first == path || file.first.starts_with(path + "/");
    });
    return removed != 0 ? HARBOR_OK : HARBOR_UNCHANGED;
  });
}

}  // namespace harbor::testing
