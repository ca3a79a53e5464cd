// A pack whose action says, when it is checked, what is wrong with a file, and what the file holds.
#include <harbor/action.hpp>

#include <fstream>
#include <sstream>

using harbor::Context;
using harbor::json;

namespace {

json read(Context& context, const json& input) {
  const auto path = input.at("path").get<std::string>();
  std::ifstream in(std::string(context.workspace()) + "/" + path);
  std::ostringstream text;
  text << in.rdbuf();
  std::string line = text.str();
  if (!line.empty() && line.back() == '\n') line.pop_back();
  if (line == "bad")
    throw harbor::Error(HARBOR_E_INPUT, "checker.bad_file", "the file " + path + " is bad")
        .at("/path");
  return {{"text", line}};
}

json check(Context& context, const json& input) {
  return context.is_check() ? read(context, input) : json();
}

constexpr auto file_action = harbor::action<read>(
    {.name = "checker.file",
     .doc = "Reads a file",
     .input = R"({"type": "object", "required": ["path"], "additionalProperties": false,
                  "properties": {"path": {"type": "string"}}})",
     .output = R"({"type": "object", "properties": {"text": {"type": "string"}}})",
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_WRITE_HOST,
     .validate = harbor::operation<check>});

}  // namespace

HARBOR_PLUGIN(.id = "org.example.checker", .version = "1.0.0", .vendor = "Zoo",
              .actions = {&file_action})
