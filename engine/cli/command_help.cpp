// help, version.
#include <ostream>

#include "cli/command.hpp"
#include "cli/documentation.hpp"
#include "cli/face.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"
#include "version.hpp"

namespace harbor::cli {

int help(Invocation& call) {
  if (call.arguments.words.empty()) {
    print_overview(call);
    return 0;
  }
  if (const auto* command = find_command(call.arguments.words.front())) {
    print_command_help(call, *command, options_of(*command, call));
    return 0;
  }
  if (const auto face = find_face(packs_of(call), call.arguments.words)) {
    print_face_help(call, *face->action, options_of_face(call, *face->action));
    return 0;
  }
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  for (const auto& [name, provider] : packs_of(call).actions())
    if (provider.action->face) names.push_back(provider.action->face->command);
  auto hint = report::did_you_mean(call.arguments.words.front(), names);
  if (hint.empty()) hint = "`harbor help` lists the commands";
  throw report::Error(report::diagnose(report::code::unknown_subject,
                                       "there is no command '" + call.arguments.words.front() + "'",
                                       {}, hint));
}

int version(Invocation& call) {
  if (call.arguments.has("json"))
    print_json(*call.context.out,
               {{"version", version_text},
                {"abi", {{"major", HARBOR_ABI_MAJOR}, {"minor", HARBOR_ABI_MINOR}}}});
  else
    *call.context.out << "harbor " << version_text << '\n';
  return 0;
}

}  // namespace harbor::cli
