// harbor/testing/pack.hpp - a pack in a file, as the engine would load it.
#pragma once

#include <dlfcn.h>
#include <harbor/plugin.h>
#include <harbor/testing/host.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace harbor::testing {

/// A pack's .so, loaded for good. Throws Misuse if it is not a pack for this header, or its tables
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
    refuse("'" + name + "' is not an action name");
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

}  // namespace harbor::testing
