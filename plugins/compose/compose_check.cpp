// compose.check: would starting the chosen files fail, and where? A driver calls this, so that it
// need not know anything about compose files.
#include <harbor/action.hpp>

#include <algorithm>

#include "action.hpp"
#include "notice.hpp"
#include "problem.hpp"

namespace harbor::compose {
namespace {

void run_check(Context& context, const json& input) {
  auto problems = problems_of(context, input);
  // compose.up turns these off: Compose warns about them itself, and twice would be noise.
  if (!input.value("unset", true))
    std::erase_if(problems.conflicts,
                  [](const Warning& problem) { return problem.code == "compose.variable_unset"; });
  judge(context, problems.merging);
  judge(context, problems.conflicts);
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "required": ["files"],
  "additionalProperties": false,
  "properties": {
    "files": {"type": "array", "items": {"type": "string"}, "minItems": 1,
      "x-harbor-from": "compose.files", "description": "Compose files, in merge order"},
    "native": {"type": "array", "items": {"type": "string"}, "default": [],
      "x-harbor-from": "native.names", "description": "Services that run outside containers"},
    "env": {"type": "object", "x-harbor-from": "env", "description": "Variables for ${...} in them"},
    "unset": {"type": "boolean", "default": true,
      "description": "Whether to warn about variables without a value as well"}
  }
})";

}  // namespace

constinit const harbor_action check_action =
    action<run_check>({.name = "compose.check",
                       .doc = "Finds what would make starting the compose files fail.",
                       .input = input_schema,
                       .effects = HARBOR_FX_READ_WORKSPACE,
                       .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::compose
