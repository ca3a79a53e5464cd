// schema.
#include "cli/command.hpp"
#include "cli/descriptor_schema.hpp"
#include "cli/result.hpp"
#include "cli/session.hpp"

namespace harbor::cli {

int schema(const Context& context, const Arguments& arguments) {
  const auto registry = open_registry(context, arguments);
  print_json(*context.out, descriptor_schema(*registry));
  return 0;
}

}  // namespace harbor::cli
