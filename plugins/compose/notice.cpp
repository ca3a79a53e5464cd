#include "notice.hpp"

namespace harbor::compose {
namespace {

Error error_of(const Warning& warning) {
  return {HARBOR_E_INPUT, warning.code, warning.message, warning.hint, warning.labels};
}

}  // namespace

void warn(Context& context, const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) context.warn(error_of(warning));
}

void judge(Context& context, const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    if (warning.is_error)
      context.fail(error_of(warning));
    else
      context.warn(error_of(warning));
  }
}

}  // namespace harbor::compose
