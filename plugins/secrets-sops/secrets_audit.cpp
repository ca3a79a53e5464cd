// secrets.audit: where the values of this project's secrets came to rest.
#include <fnmatch.h>
#include <harbor/action.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "action.hpp"
#include "search.hpp"

namespace harbor::secrets {
namespace {
namespace fs = std::filesystem;

/// Collects the secrets of an artifact: variables, or variables of services.
void collect(const json& value, const std::string& name, std::map<std::string, json>& out) {
  if (is_secret(value)) {
    out.emplace(name, value);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) collect(item, key, out);
  }
}

struct Hunt {
  Context& context;
  const Search& search;
  std::vector<std::string> expected;
  std::size_t files = 0, commands = 0;
  std::map<std::string, std::set<std::string>> at_rest = {};  ///< expected place -> secrets

  [[nodiscard]] bool is_expected(const std::string& place) const {
    return std::any_of(expected.begin(), expected.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), place.c_str(), 0) == 0;
    });
  }

  void judge(const std::string& place, const std::vector<const Needle*>& found) {
    std::map<std::string, const char*> secrets;
    for (const Needle* needle : found) secrets.emplace(needle->secret, needle->form);
    for (const auto& [secret, form] : secrets) {
      if (is_expected(place)) {
        at_rest[place].insert(secret);
        continue;
      }
      context.fail(Error(HARBOR_E_DENIED, "secrets.found",
                         "the secret " + secret + " stands " + form + " in " + place,
                         "remove it there, find out what wrote it, and replace the secret",
                         {{place, 0, 0, 0, {}}}));
    }
  }
};

void look_into_files(Hunt& hunt, const fs::path& folder, const fs::path& workspace,
                     std::optional<fs::file_time_type> since) {
  for_each_file(folder, [&](const fs::path& path) {
    if (hunt.context.cancelled() != HARBOR_OK) return false;
    std::error_code error;
    if (since && fs::last_write_time(path, error) < *since) return true;
    ++hunt.files;
    const bool is_own = path.string().starts_with(workspace.string() + "/");
    hunt.judge(is_own ? path.string().substr(workspace.string().size() + 1) : path.string(),
               hunt.search.in_file(path));
    return true;
  });
}

void look_at_commands(Hunt& hunt) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    ++hunt.commands;
    hunt.judge("the command line of process " + pid, hunt.search.in_file(entry.path() / "cmdline"));
  }
}

std::vector<Needle> needles_for(Context& context, const std::map<std::string, json>& secrets) {
  std::vector<Needle> needles;
  for (const auto& [name, reference] : secrets)
    context.with_secret(reference, [&, &key = name](std::string_view value) {
      auto own = needles_of(key, value);
      if (own.empty())
        context.warn(Error(HARBOR_E_INPUT, "secrets.too_short",
                           "the secret " + key + " is too short to be looked for",
                           "give it at least six characters"));
      needles.insert(needles.end(), std::make_move_iterator(own.begin()),
                     std::make_move_iterator(own.end()));
    });
  return needles;
}

std::string report_of(const Hunt& hunt, std::size_t secrets) {
  std::string text = std::to_string(secrets) + " secrets, " + std::to_string(hunt.files) +
                     " files, " + std::to_string(hunt.commands) +
                     " command lines: nothing unexpected\n";
  for (const auto& [place, names] : hunt.at_rest) {
    text += "  " + place + ":";
    for (const std::string& name : names) text += " " + name;
    text += " (meant to be there)\n";
  }
  return text;
}

json run_audit(Context& context, const json& input) {
  std::map<std::string, json> secrets;
  for (const char* artifact : {"env", "services", "secrets"})
    if (input.contains(artifact)) collect(input[artifact], "", secrets);
  const Search search(needles_for(context, secrets));
  Hunt hunt{context, search, input.value("expected", std::vector<std::string>())};

  const fs::path workspace(context.workspace());
  look_into_files(hunt, workspace, workspace, std::nullopt);
  const auto since =
      fs::file_time_type::clock::now() - std::chrono::minutes(input.value("minutes", 10));
  for (const json& folder : input.value("folders", json::array()))
    look_into_files(hunt, folder.get<std::string>(), workspace, since);
  look_at_commands(hunt);

  json places = json::object();
  for (const auto& [place, names] : hunt.at_rest) places[place] = names;
  return {{"secrets", secrets.size()},
          {"files", hunt.files},
          {"places", std::move(places)},
          {"text", report_of(hunt, secrets.size())}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-cli": {"command": "secrets audit", "print": "text"},
  "properties": {
    "env": {"type": "object", "x-harbor-from": "env", "description": "The environment, whose secrets are looked for"},
    "services": {"type": "object", "x-harbor-from": "env.services",
      "description": "The environment of single services"},
    "secrets": {"type": "object", "x-harbor-from": "secrets", "description": "Secrets that are in no environment"},
    "folders": {"type": "array", "items": {"type": "string"}, "default": ["/tmp", "/dev/shm", "/run/user"],
      "description": "Where to look besides the project, at files that changed lately"},
    "minutes": {"type": "integer", "minimum": 1, "default": 10, "description": "What counts as lately"},
    "expected": {"type": "array", "items": {"type": "string"}, "default": ["*.secrets.env", "var/run/*"],
      "description": "Files that are meant to hold secrets; `*` stands for any text"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "secrets": {"type": "integer", "description": "How many secrets were looked for"},
    "files": {"type": "integer", "description": "How many files were looked at"},
    "places": {"type": "object", "description": "Files that are meant to hold secrets, and which they hold"},
    "text": {"type": "string", "description": "The same for people"}
  }
})";

}  // namespace

constinit const harbor_action audit_action = action<run_audit>(
    {.name = "secrets.audit",
     .doc = "Looks for every secret, in every encoding, where it should not be.",
     .input = input_schema,
     .output = output_schema,
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::secrets
