// secrets.lint: finds what should not be in the project.
#include <harbor/action.hpp>

#include <algorithm>

#include "action.hpp"
#include "identity.hpp"
#include "search.hpp"
#include "sops_file.hpp"
#include "workspace_file.hpp"

namespace harbor::secrets_sops {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t largest = std::size_t{8} << 20;

/// The line, from 1, with a private key of age, or 0.
unsigned line_of_key(std::string_view text) {
  constexpr std::string_view classic = "AGE-SECRET-KEY-1", quantum = "AGE-SECRET-KEY-PQ-1";
  for (const std::string_view mark : {classic, quantum})
    for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
      const auto rest = text.substr(at + mark.size());
      const auto end =
          std::min(rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), rest.size());
      // Shorter ones are examples, as in documentation.
      if (end >= 50)
        return 1 + static_cast<unsigned>(std::count(
                       text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    }
  return 0;
}

bool is_key_file(const fs::path& file, std::string_view text) {
  const std::string name = file.filename();
  if (name.ends_with(".agekey") || name.ends_with(".age.key")) return true;
  const auto begin = text.find("-----BEGIN ");
  return begin != std::string_view::npos &&
         text.substr(begin, text.find('\n', begin) - begin).find("PRIVATE KEY-----") !=
             std::string_view::npos;
}

/// A name that promises encryption. sops' own configuration does not count.
bool is_meant_for_sops(const fs::path& file) {
  const std::string name = file.filename();
  return name.find(".sops.") != std::string::npos && name != ".sops.yaml" && name != ".sops.yml";
}

bool is_sealed(const std::string& name, std::string_view text) {
  if (const auto format = format_of(name)) return is_encrypted(text, *format);
  return is_encrypted(text, Format::json) || is_encrypted(text, Format::dotenv) ||
         is_encrypted(text, Format::yaml);
}

/// Labels name only the file: an excerpt would show the secret.
void check_file(Context& context, const fs::path& path, const std::string& name, const File& file) {
  const auto report = [&](const char* code, std::string message, std::string hint) {
    context.fail(
        Error(HARBOR_E_DENIED, code, std::move(message), std::move(hint), {{name, 0, 0, 0, {}}}));
  };
  const unsigned line = line_of_key(file.text);
  if (line != 0)
    report("secrets.key_in_project",
           "there is an age private key in " + name + ", line " + std::to_string(line),
           "remove it, from the history too, then make a new key and rotate");
  if (is_meant_for_sops(path) && !is_sealed(name, file.text))
    report("secrets.plaintext", name + " is not encrypted",
           "encrypt it with `sops encrypt --in-place " + name +
               "`, and replace values that others could read");
  if ((line != 0 || is_key_file(path, file.text)) && (file.mode & 077U) != 0)
    report("secrets.readable_key", "others may read the key file " + name, "chmod 600 " + name);
}

json run_lint(Context& context, const json&) {
  const fs::path workspace(context.workspace());
  std::size_t files = 0;
  for_each_file(workspace, [&](const fs::path& path) {
    if (context.cancelled() != HARBOR_OK) return false;
    const std::string name = path.string().substr(workspace.string().size() + 1);
    if (name.starts_with(".git/objects/")) return true;  // compressed: nothing to be found
    try {
      const auto file = read_file(path, name, largest);
      if (!file) return true;
      ++files;
      check_file(context, path, name, *file);
    } catch (const Error& unreadable) {
      context.debug(unreadable.message);  // larger than any key file, or somebody else's
    }
    return true;
  });
  return {{"files", files},
          {"text",
           "no private key, nothing unencrypted; files checked: " + std::to_string(files) + "\n"}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-cli": {"command": "secrets lint", "print": "text"},
  "properties": {}
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "files": {"type": "integer", "description": "How many files were checked"},
    "text": {"type": "string", "description": "The same for people"}
  }
})";

}  // namespace

constinit const harbor_action lint_action = action<run_lint>(
    {.name = "secrets.lint",
     .doc = "Finds private keys, unencrypted *.sops.* files and readable key files in the project.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE,
     .flags = HARBOR_AF_IDEMPOTENT});

}  // namespace harbor::secrets_sops
