// schema.
#include "cli/command.hpp"
#include "cli/descriptor_schema.hpp"
#include "cli/result.hpp"

namespace harbor::cli {

int schema(Invocation& call) {
  print_json(*call.context.out, descriptor_schema(packs_of(call)));
  return 0;
}

}  // namespace harbor::cli
