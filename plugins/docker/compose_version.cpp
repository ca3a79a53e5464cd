// compose.version: the release of Compose, for packs that need to know which features files may
// use.
#include <harbor/action.hpp>

#include "action.hpp"
#include "preflight.hpp"

namespace harbor::docker {
namespace {

json run_version(Context& context, const json&) { return {{"version", compose_release(context)}}; }

constexpr std::string_view input_schema = R"({"type": "object", "additionalProperties": false})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {"version": {"type": "string", "description": "The release: 2.40.3"}}
})";

}  // namespace

constinit const harbor_action version_action =
    action<run_version>({.name = "compose.version",
                         .doc = "Says which release of Compose starts the services.",
                         .input = input_schema,
                         .output = output_schema,
                         .effects = HARBOR_FX_READ_HOST | HARBOR_FX_EXEC,
                         .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::docker
