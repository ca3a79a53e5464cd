// Any bytes read as variables or as an error that lies within them; what was read can be written
// and read again.
#include "dotenv.hpp"

#include <cstdint>
#include <cstdlib>

#include <harbor/env_file.hpp>

#include "expander.hpp"

using namespace harbor::env;

namespace {

using harbor::Variables;
using harbor::write_env_file;

void require(bool holds) {
  if (!holds) std::abort();
}

Variables variables_of(const Dotenv& file) {
  Variables variables;
  for (const Assignment& assignment : file.assignments) {
    const bool is_plain =
        assignment.key.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
        std::string::npos;
    // "\0000" makes a NUL byte, which is refused where a file is written.
    const bool has_nul = assignment.value.find('\0') != std::string::npos;
    if (is_plain && !has_nul) variables.emplace_back(assignment.key, assignment.value);
  }
  return variables;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const DotenvContext context{.file = "f", .expand = harbor::test::expand};
  try {
    const Variables variables = variables_of(parse_dotenv(text, context));
    require(variables_of(parse_dotenv(write_env_file(variables), context)) == variables);
  } catch (const harbor::Error& error) {
    require(!error.labels.empty() && error.labels[0].line > 0 && error.labels[0].length <= size);
  }
  // The bytes as a value.
  const Variables one = {{"A", std::string(text)}};
  if (text.find('\0') == std::string_view::npos)
    require(variables_of(parse_dotenv(write_env_file(one), context)) == one);
  return 0;
}
