// Any bytes are a template that renders within its limits, or an error that lies within them.
#include <cstdint>
#include <cstdlib>
#include <harbor/error.hpp>

#include "../../plugins/template/tests/data.hpp"

using namespace harbor::templating;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Data values(harbor::test::values());
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool is_strict : {false, true}) {
    const RenderOptions options{.is_strict = is_strict,
                                .escapes_html = !is_strict,
                                .max_output = 1 << 16,
                                .max_steps = 10'000};
    try {
      const Template parsed = Template::parse(text, "t");
      const std::string once = render(parsed, values, options);
      require(once.size() <= options.max_output && once == render(parsed, values, options));
    } catch (const harbor::Error& error) {
      require(error.code.starts_with("template.") && error.labels.size() == 1);
      require(error.labels[0].line > 0 && error.labels[0].length <= size);
    }
  }
  return 0;
}
