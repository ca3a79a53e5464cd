// Harbor's own commands, as a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/invocation.hpp"

namespace harbor::cli {

struct Command {
  std::string_view name;
  std::string_view usage;    ///< after the name: "STAGE... [SERVICE...]"
  std::string_view summary;  ///< one line
  std::string_view detail;   ///< more, for `harbor help NAME`; Markdown
  std::vector<OptionSpec> options;
  bool runs = false;  ///< takes the options that actions read from the request
  int (*execute)(Invocation& call) = nullptr;
};

/// The command's own options and, when it runs, those of the request.
[[nodiscard]] std::vector<OptionSpec> options_of(const Command& command, Invocation& call);

/// All of them, in the order in which help shows them.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] const Command* find_command(std::string_view name);

int run_stages(Invocation& call);
int deploy(Invocation& call);
int destroy(Invocation& call);
int plan(Invocation& call);
int check(Invocation& call);
int init(Invocation& call);
int status(Invocation& call);
int history(Invocation& call);
int repair(Invocation& call);
int why(Invocation& call);
int actions(Invocation& call);
int explain(Invocation& call);
int plugins(Invocation& call);
int schema(Invocation& call);
int completion(Invocation& call);
int complete(Invocation& call, std::vector<std::string> words);
int version(Invocation& call);
int help(Invocation& call);

}  // namespace harbor::cli
