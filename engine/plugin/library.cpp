#include "plugin/library.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "plugin/describe.hpp"
#include "plugin/fault.hpp"
#include "plugin/loader.hpp"
#include "plugin/safe_path.hpp"
#include "report/code_plugin.hpp"

namespace harbor::plugin {
namespace {

using Actions = std::map<std::string, harbor_action, std::less<>>;

/// What this process has loaded, by file. Never destroyed: code may still run while the process
/// ends.
struct Loaded {
  std::mutex mutex;
  std::map<std::string, Actions, std::less<>> files;
};

Loaded& loaded() {
  static Loaded& table = *new Loaded;  // NOLINT(cppcoreguidelines-owning-memory)
  return table;
}

[[noreturn]] void refuse_changed(const std::string& how) {
  refuse(report::code::plugin_changed_since_scan, "has changed since harbor examined it: " + how,
         "run the same command again");
}

const harbor_plugin& enter(const Pack& pack, const harbor_host& host) {
  const SafeFile file = open_safely(pack.file, pack.file.parent_path());
  // The scan, the trust check and the load must refer to the same bytes.
  if (file.identity != pack.identity) refuse_changed("the file was replaced or written to");
  const harbor_plugin* table = open_plugin(file.path)(&host);
  if (table == nullptr)
    refuse(report::code::plugin_entry_refused, "refused to load: its entry point returned NULL",
           "see its documentation for the version of harbor that it needs");
  return *table;
}

Actions load_actions(const Pack& pack, const harbor_host& host) {
  const harbor_plugin& table = enter(pack, host);
  Actions actions;
  for (const ActionInfo& info : pack.actions) {
    const std::optional<harbor_action> action = find_action(table, info.name);
    if (!action || action->execute == nullptr)
      refuse_changed("it does not have the action '" + info.name + "' any more");
    actions.emplace(info.name, *action);
  }
  return actions;
}

report::Event loaded_event(const Pack& pack, std::chrono::duration<double> time) {
  return report::trace_event("plugin", "loaded " + pack.file.string(),
                             {{"pack", pack.id},
                              {"version", pack.version},
                              {"actions", pack.actions.size()},
                              {"seconds", time.count()}});
}

}  // namespace

const harbor_action& Libraries::load(const Pack& pack, std::string_view action,
                                     const report::Trace& trace) {
  Loaded& all = loaded();
  const std::lock_guard lock(all.mutex);
  try {
    auto found = all.files.find(pack.file.native());
    if (found == all.files.end()) {
      const auto begin = std::chrono::steady_clock::now();
      found = all.files.emplace(pack.file.native(), load_actions(pack, *host_)).first;
      if (trace) trace(loaded_event(pack, std::chrono::steady_clock::now() - begin));
    }
    const auto row = found->second.find(action);
    if (row == found->second.end())
      refuse_changed("it has no action '" + std::string(action) + "'");
    return row->second;
  } catch (const Refused& refused) {
    throw report::Error(diagnose(refused.fault(), pack.file));
  }
}

}  // namespace harbor::plugin
