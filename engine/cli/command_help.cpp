// help, version.
#include <ostream>

#include "cli/command.hpp"
#include "cli/documentation.hpp"
#include "cli/face.hpp"
#include "cli/result.hpp"
#include "cli/schema_option.hpp"
#include "cli/session.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"
#include "version.hpp"

namespace harbor::cli {

int help(const Context& given, const Arguments& arguments) {
  Context context = given;
  context.registry = open_registry(context, arguments);
  if (arguments.words.empty()) {
    print_overview(context);
    return 0;
  }
  if (const auto* command = find_command(arguments.words.front())) {
    auto options = command->options;
    if (command->runs)
      for (auto& spec : specs_of(request_options(*context.registry)))
        options.push_back(std::move(spec));
    print_command_help(context, *command, options);
    return 0;
  }
  if (const auto face = find_face(*context.registry, arguments.words)) {
    print_face_help(context, *face->action, options_of_face(*context.registry, *face->action));
    return 0;
  }
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  for (const auto& [name, provider] : context.registry->actions())
    if (provider.action->face) names.push_back(provider.action->face->command);
  auto hint = report::did_you_mean(arguments.words.front(), names);
  if (hint.empty()) hint = "`harbor help` lists the commands";
  throw report::Error(report::diagnose(report::code::unknown_subject,
                                       "there is no command '" + arguments.words.front() + "'", {},
                                       hint));
}

int version(const Context& context, const Arguments& arguments) {
  if (arguments.has("json"))
    print_json(*context.out, {{"version", version_text},
                              {"abi", {{"major", HARBOR_ABI_MAJOR}, {"minor", HARBOR_ABI_MINOR}}}});
  else
    *context.out << "harbor " << version_text << '\n';
  return 0;
}

}  // namespace harbor::cli
