// plugin list, inspect, trust, untrust.
#include <ostream>

#include "cli/command.hpp"
#include "cli/face.hpp"
#include "cli/path_program.hpp"
#include "cli/result.hpp"
#include "plugin/trust.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// The packs that this project sees, including those of its descriptor if it can be read.
const plugin::Registry& all_packs_of(Invocation& call) {
  try {
    (void)open_workspace(call, "plugin", {});
  } catch (const report::Error&) {
    // Without a readable descriptor, only the packs in the searched folders are known.
  }
  return packs_of(call);
}

/// Commands that cannot be called, and why.
std::vector<std::vector<std::string>> shadowed(const Invocation& call,
                                               const plugin::Registry& registry) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, provider] : registry.actions())
    if (provider.action->face && find_command(provider.action->face->command))
      rows.push_back({"harbor " + provider.action->face->command, "of " + name,
                      "shadowed by Harbor's own command"});
  const auto listing = list_path_programs(call);
  for (const auto& program : listing.programs)
    if (!program.problem.empty()) rows.push_back({program.file.string(), "", program.problem});
  for (const auto& folder : listing.skipped)
    rows.push_back({folder.folder, "", "not searched for programs: " + folder.reason});
  return rows;
}

/// Actions that need a choice.
std::vector<std::vector<std::string>> contested(const plugin::Registry& registry) {
  std::vector<std::vector<std::string>> rows;
  std::string last;
  for (const auto& [name, provider] : registry.actions()) {
    const auto providers = registry.providers(name);
    if (providers.size() < 2 || name == last) continue;
    last = name;
    std::string packs;
    for (const auto& each : providers) packs += (packs.empty() ? "" : ", ") + each.pack->id;
    rows.push_back({name, packs, "several packs provide it: `use:` chooses"});
  }
  return rows;
}

int list(Invocation& call) {
  const auto& registry = all_packs_of(call);
  const auto hidden = shadowed(call, registry);
  const auto twice = contested(registry);
  const bool clean = registry.refusals().empty() && hidden.empty() && twice.empty();
  const int status =
      call.arguments.has("check") && !clean ? static_cast<int>(ExitStatus::plugin_refused) : 0;
  if (call.arguments.has("json")) {
    json packs = json::array(), refused = json::array();
    for (const auto& pack : registry.packs()) {
      json actions = json::array();
      for (const auto& action : pack.actions) actions.push_back(action.name);
      packs.push_back({{"id", pack.id},
                       {"version", pack.version},
                       {"place", to_string(pack.place)},
                       {"file", pack.file.string()},
                       {"sha256", pack.sha256},
                       {"actions", actions}});
    }
    for (const auto& refusal : registry.refusals())
      refused.push_back(
          {{"file", refusal.file.string()}, {"diagnostic", report::to_json(refusal.diagnostic)}});
    print_json(
        *call.context.out,
        {{"packs", packs}, {"refused", refused}, {"shadowed", hidden}, {"contested", twice}});
    return status;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& pack : registry.packs())
    rows.push_back({pack.id, pack.version, std::string(to_string(pack.place)),
                    std::to_string(pack.actions.size()), pack.file.string()});
  print_table(*call.context.out, {"PACK", "VERSION", "PLACE", "ACTIONS", "FILE"}, rows);
  if (!hidden.empty() || !twice.empty()) *call.context.out << '\n';
  print_table(*call.context.out, {}, twice);
  print_table(*call.context.out, {}, hidden);
  report::Diagnostics refusals;
  for (const auto& refusal : registry.refusals()) refusals.push_back(refusal.diagnostic);
  call.context.out->flush();
  print_diagnostics(call, refusals);
  return status;
}

int inspect(Invocation& call, const std::string& name) {
  const auto& registry = all_packs_of(call);
  std::error_code ignored;
  const auto file = fs::canonical(call.context.folder / name, ignored);
  for (const auto& pack : registry.packs()) {
    if (pack.id != name && pack.file != file) continue;
    auto& out = *call.context.out;
    print_table(out, {},
                {{"id", pack.id},
                 {"version", pack.version},
                 {"vendor", pack.vendor},
                 {"licence", pack.license},
                 {"url", pack.url},
                 {"file", pack.file.string()},
                 {"place", std::string(to_string(pack.place))},
                 {"sha256", pack.sha256},
                 {"ABI", std::to_string(pack.abi_major) + "." + std::to_string(pack.abi_minor)}});
    std::vector<std::vector<std::string>> rows;
    for (const auto& action : pack.actions) rows.push_back({"  " + action.name, action.doc});
    out << "\nActions\n";
    print_table(out, {}, rows);
    return 0;
  }
  for (const auto& refusal : registry.refusals())
    if (refusal.file == file) throw report::Error(refusal.diagnostic);
  throw report::Error(
      report::diagnose(report::code::unknown_subject, "no pack '" + name + "' was found", {},
                       "`harbor plugin list` shows what was found; a file must be where packs are "
                       "looked for, or be named by the descriptor"));
}

int trust_file(Invocation& call, const std::string& file) {
  const auto project = project_of(call);
  const auto trusted =
      plugin::trust(project.folder, project.lock_file(), call.context.folder / file);
  *call.context.out << "trusted " << trusted.path << ": " << trusted.id << ' ' << trusted.version
                    << "\nsha256 " << trusted.sha256 << "\nactions";
  for (const auto& action : trusted.actions) *call.context.out << ' ' << action;
  *call.context.out << "\nPinned in harbor.lock; commit it with the project.\n";
  return 0;
}

int untrust_file(Invocation& call, const std::string& file) {
  const auto project = project_of(call);
  const bool was = plugin::untrust(project.folder, project.lock_file(), call.context.folder / file);
  *call.context.out << file << (was ? " is no longer trusted\n" : " was not trusted\n");
  return 0;
}

}  // namespace

int plugins(Invocation& call) {
  const auto& words = call.arguments.words;
  const auto verb = words.empty() ? std::string("list") : words.front();
  if (verb == "list" && words.size() <= 1) return list(call);
  const bool takes_file = verb == "inspect" || verb == "trust" || verb == "untrust";
  if (takes_file && words.size() == 2) {
    if (verb == "inspect") return inspect(call, words[1]);
    return verb == "trust" ? trust_file(call, words[1]) : untrust_file(call, words[1]);
  }
  auto hint = takes_file ? "usage: harbor plugin " + verb + " FILE"
                         : report::did_you_mean(verb, {"list", "inspect", "trust", "untrust"});
  if (hint.empty()) hint = "list, inspect, trust or untrust";
  throw report::Error(report::diagnose(
      report::code::bad_usage,
      takes_file ? "plugin " + verb + " takes one file" : "plugin does not know '" + verb + "'", {},
      hint));
}

}  // namespace harbor::cli
