// Harbor's own commands, as a table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"
#include "cli/options.hpp"

namespace harbor::cli {

struct Command {
  std::string_view name;
  std::string_view usage;    ///< behind the name: "STAGE... [SERVICE...]"
  std::string_view summary;  ///< one line
  std::string_view detail;   ///< more, for `harbor help NAME`; Markdown
  std::vector<OptionSpec> options;
  bool runs = false;  ///< takes the options that actions read from the request
  int (*execute)(const Context& context, const Arguments& arguments) = nullptr;
};

/// All of them, in the order in which help shows them.
[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] const Command* find_command(std::string_view name);

int run_stages(const Context& context, const Arguments& arguments);
int deploy(const Context& context, const Arguments& arguments);
int destroy(const Context& context, const Arguments& arguments);
int plan(const Context& context, const Arguments& arguments);
int check(const Context& context, const Arguments& arguments);
int init(const Context& context, const Arguments& arguments);
int status(const Context& context, const Arguments& arguments);
int history(const Context& context, const Arguments& arguments);
int why(const Context& context, const Arguments& arguments);
int actions(const Context& context, const Arguments& arguments);
int explain(const Context& context, const Arguments& arguments);
int plugins(const Context& context, const Arguments& arguments);
int schema(const Context& context, const Arguments& arguments);
int completion(const Context& context, const Arguments& arguments);
int complete(const Context& context, const Arguments& arguments);
int version(const Context& context, const Arguments& arguments);
int help(const Context& context, const Arguments& arguments);

}  // namespace harbor::cli
