#include "image.hpp"

#include "command.hpp"
#include "diagnosis.hpp"
#include "narration.hpp"
#include "preflight.hpp"

namespace harbor::docker {

void run_images(Context& context, const json& input, const std::vector<std::string>& words) {
  const Stack stack = stack_of(context, input);
  require_engine(context);
  require_compose(context);
  const Process process = narrate(context, compose(stack, words), stack.project);
  if (!process.ok()) throw diagnose(context, stack, process);
}

}  // namespace harbor::docker
