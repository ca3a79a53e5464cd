// harbor/testing/spawn.hpp - processes that a test scripts instead of starting them.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/bench.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::testing {

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

inline std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

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
  /// Only the next `count` matching processes; later ones fall through to the rules after this one.
  SpawnRule& times(std::size_t count) { return left_ = count, *this; }
  /// The process prints nothing for so many of its Spawn::silence before it goes on; without an
  /// `on_silence` it goes on at once.
  SpawnRule& silent(std::size_t times) { return silences_ = times, *this; }
  /// Called when the process would run, to write what it would write.
  SpawnRule& effect(std::function<void(const RecordedSpawn&)> run) {
    return effect_ = std::move(run), *this;
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  friend class Processes;
  std::string name_;
  Match match_;
  std::function<void(const RecordedSpawn&)> effect_;
  std::string out_, err_;
  int exit_code_ = 0, signal_ = 0;
  std::uint32_t flags_ = 0;
  harbor_status refused_ = HARBOR_OK;
  std::size_t left_ = static_cast<std::size_t>(-1), used_ = 0, silences_ = 0;
};

/// The power to run processes, none of which is started.
class Processes : virtual public Bench {
 public:
  /// Processes whose first words are these. The first rule that matches wins.
  SpawnRule& on_spawn(std::vector<std::string> words);
  SpawnRule& on_spawn(std::string name, SpawnRule::Match match);
  /// Names of the rules that no process has matched.
  [[nodiscard]] std::vector<std::string> unused() const;

  std::vector<RecordedSpawn> spawns;  ///< oldest first

 protected:
  Processes() { functions().spawn = do_spawn; }

 private:
  bool record_spawn(const harbor_spawn& spawn, RecordedSpawn& record);
  bool is_allowed(const RecordedSpawn& record);
  SpawnRule* rule_for(const RecordedSpawn& record);
  harbor_status spawn(const harbor_spawn& spawn, harbor_spawn_result& result);
  static void print(const harbor_spawn& spawn, std::int32_t fd, const std::string& text);
  static harbor_status do_spawn(harbor_call*, const harbor_spawn*, harbor_spawn_result*) noexcept;

  std::vector<std::unique_ptr<SpawnRule>> rules_;
};

inline SpawnRule& Processes::on_spawn(std::vector<std::string> words) {
  const std::string name = join(words);
  return on_spawn(name, [words = std::move(words)](const RecordedSpawn& spawn) {
    return spawn.argv.size() >= words.size() &&
           std::equal(words.begin(), words.end(), spawn.argv.begin());
  });
}

inline SpawnRule& Processes::on_spawn(std::string name, SpawnRule::Match match) {
  rules_.push_back(std::make_unique<SpawnRule>(std::move(name), std::move(match)));
  return *rules_.back();
}

inline std::vector<std::string> Processes::unused() const {
  std::vector<std::string> names;
  for (const auto& rule : rules_) {
    if (rule->used() == 0) names.push_back(rule->name());
  }
  return names;
}

/// False for an unknown secret.
inline bool Processes::record_spawn(const harbor_spawn& spawn, RecordedSpawn& record) {
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

inline bool Processes::is_allowed(const RecordedSpawn& record) {
  const std::size_t before = misuses_.size();
  declares(HARBOR_FX_EXEC, "HARBOR_FX_EXEC");
  if (record.argv.empty() || record.argv.front().empty()) misused("spawn() needs a program");
  if (only_looks() && (record.flags & HARBOR_SPAWN_READ_ONLY) == 0) {
    misused("spawned without HARBOR_SPAWN_READ_ONLY in validate, plan or status: " +
            join(record.argv));
  }
  if (!record.cwd.empty() && record.cwd.front() != '/')
    misused("cwd is not absolute: " + record.cwd);
  for (const auto& [reference, value] : vault_) {
    for (const std::string& word : record.argv) {
      if (!value.empty() && word.find(value) != std::string::npos) {
        misused("there is a secret in argv of " + record.argv.front());
      }
    }
  }
  return misuses_.size() == before;
}

inline SpawnRule* Processes::rule_for(const RecordedSpawn& record) {
  for (const auto& rule : rules_) {
    if (rule->left_ != 0 && rule->match_(record)) return rule.get();
  }
  std::string text = "no rule for the process: " + join(record.argv);
  for (const auto& rule : rules_) text += "\n    rule: " + rule->name();
  misused(text);
  return nullptr;
}

inline void Processes::print(const harbor_spawn& spawn, std::int32_t fd, const std::string& text) {
  for (std::size_t at = 0; spawn.on_line != nullptr && at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const detail::Bytes line(std::string_view(text).substr(at, end - at));
    spawn.on_line(spawn.user, fd, line.view());
    at = end + 1;
  }
}

inline harbor_status Processes::spawn(const harbor_spawn& spawn, harbor_spawn_result& result) {
  RecordedSpawn record;
  const bool knows_secrets = record_spawn(spawn, record);
  if (!is_allowed(record)) return HARBOR_E_DENIED;
  if (!knows_secrets) {
    misused("an unknown secret is handed to " + record.argv.front());
    return HARBOR_E_DENIED;
  }
  spawns.push_back(record);
  const bool cleans_up = (record.flags & HARBOR_SPAWN_CLEAN_UP) != 0;
  if (const harbor_status status = stopped(); status != HARBOR_OK && !cleans_up) return status;
  SpawnRule* rule = rule_for(record);
  if (rule == nullptr) return HARBOR_E_INTERNAL;
  --rule->left_;
  ++rule->used_;
  if (rule->refused_ != HARBOR_OK) return rule->refused_;
  for (std::size_t i = 0; i < rule->silences_ && spawn.on_silence != nullptr; ++i)
    if (const harbor_status status = spawn.on_silence(spawn.user); status != HARBOR_OK)
      return status;
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

inline harbor_status Processes::do_spawn(harbor_call* call, const harbor_spawn* spawn,
                                         harbor_spawn_result* result) noexcept {
  auto& host = of<Processes>(call);
  return host.answer("spawn", [&] { return host.spawn(*spawn, *result); });
}

}  // namespace harbor::testing
