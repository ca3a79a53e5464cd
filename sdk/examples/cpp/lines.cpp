// example.lines in C++: counts the lines of a file in the workspace.
#include <harbor/action.hpp>

#include <cstdlib>

using harbor::json;

static bool is_inside(const std::string& path) {
  return !path.empty() && path.front() != '/' &&
         ("/" + path + "/").find("/../") == std::string::npos;
}

static json count(harbor::Context& context, const json& input) {
  const auto path = input.find("path");
  if (path == input.end() || !path->is_string() || !is_inside(*path)) {
    throw harbor::Error(HARBOR_E_INPUT, "example.path",
                        "path must be relative and stay in the workspace",
                        "drop the leading '/' and every '..'")
        .at("/path");
  }
  const auto wc =
      context.spawn({.argv = {"wc", "-l", "--", *path}, .capture = true, .read_only = true});
  if (!wc.ok()) {
    throw harbor::Error(HARBOR_E_NOT_FOUND, "example.unreadable", "the file cannot be read",
                        "it must exist and be readable by you")
        .at("/path");
  }
  return {{"lines", std::strtol(wc.out.c_str(), nullptr, 10)}};
}

static constexpr auto action = harbor::action<count>(
    {.name = "example.lines_cpp",
     .doc = "Counts the lines of a file in the workspace.",
     .input = R"({"type": "object", "required": ["path"], "additionalProperties": false,
                  "properties": {"path": {"type": "string", "description": "The file"}}})",
     .output = R"({"type": "object", "properties": {"lines": {"type": "integer"}}})",
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_EXEC,
     .flags = HARBOR_AF_IDEMPOTENT});

HARBOR_PLUGIN(.id = "com.example.lines_cpp", .version = "1.0.0", .vendor = "Example",
              .license = "Apache-2.0", .actions = {&action},
              .failures = {{HARBOR_E_INPUT, "example.path", "the path leaves the workspace",
                            "Give a path below the project folder, without `..`."},
                           {HARBOR_E_NOT_FOUND, "example.unreadable", "the file cannot be read",
                            "It is missing, a folder, or not readable by you."}})
