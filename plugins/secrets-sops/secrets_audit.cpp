// secrets.audit: where secrets end up. Prepare runs on a copy of the project with made-up secrets;
// then everything that it left is searched for them.
#include <fnmatch.h>
#include <sys/stat.h>
#include <harbor/action.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "action.hpp"
#include "canary.hpp"
#include "search.hpp"

namespace harbor::secrets_sops {
namespace {
namespace fs = std::filesystem;

struct Hunt {
  Context& context;
  const Search& search;
  std::vector<std::string> expected;
  std::size_t files = 0;
  std::map<std::string, std::set<std::string>> at_rest = {};  ///< expected place -> secrets

  [[nodiscard]] bool is_expected(const std::string& place) const {
    return std::any_of(expected.begin(), expected.end(), [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), place.c_str(), 0) == 0;
    });
  }

  /// `trouble` is what is wrong with the place even if it may hold secrets.
  void judge(const std::string& place, const std::vector<const Needle*>& found,
             const std::string& trouble = {}) {
    std::map<std::string, const char*> secrets;
    for (const Needle* needle : found) secrets.emplace(needle->secret, needle->form);
    for (const auto& [secret, form] : secrets) {
      if (trouble.empty() && is_expected(place)) {
        at_rest[place].insert(secret);
        continue;
      }
      context.fail(Error(HARBOR_E_DENIED, "secrets.found",
                         "the secret " + secret + " ends up " + form + " in " + place + trouble,
                         "find out what puts it there: `harbor why " + secret +
                             "` says where the value comes from",
                         {{place, 0, 0, 0, {}}}));
    }
  }
};

void look_into_copy(Hunt& hunt, const fs::path& copy, const std::set<std::string>& planted) {
  for_each_file(copy, [&](const fs::path& path) {
    const std::string name = path.lexically_relative(copy);
    if (planted.contains(name)) return true;
    ++hunt.files;
    struct stat info {};
    const bool is_open = ::stat(path.c_str(), &info) == 0 && (info.st_mode & 077U) != 0;
    hunt.judge(name, hunt.search.in_file(path), is_open ? ", which others may read" : "");
    return hunt.context.cancelled() == HARBOR_OK;
  });
}

/// Searches files that changed in the meantime in folders that programs share.
void look_around(Hunt& hunt, const fs::path& copy, const json& folders, fs::file_time_type since) {
  const std::string own = copy.parent_path().string() + "/";
  for (const json& folder : folders)
    for_each_file(folder.get<std::string>(), [&](const fs::path& path) {
      std::error_code error;
      if (path.string().starts_with(own) || fs::last_write_time(path, error) < since) return true;
      ++hunt.files;
      hunt.judge(path.string(), hunt.search.in_file(path));
      return hunt.context.cancelled() == HARBOR_OK;
    });
}

/// Reads the command lines of all processes over and over while `work` runs.
// A sample, not a proof: there is no event for it without privileges, and a process of less than 5
// ms may be missed. The host refuses secrets in argv anyway; this is for processes that the tools
// start.
template <class Work>
std::set<const Needle*> watch_commands(const Search& search, const Work& work) {
  std::set<const Needle*> found;
  std::atomic<bool> is_done = false;
  std::thread watcher([&] {
    do {
      std::error_code error;
      for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string pid = entry.path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        for (const Needle* needle : search.in_file(entry.path() / "cmdline")) found.insert(needle);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } while (!is_done);
  });
  // Joins even if `work` throws: destroying a running thread would end the program.
  struct Joiner {
    std::atomic<bool>& is_done;
    std::thread& thread;
    ~Joiner() {
      is_done = true;
      thread.join();
    }
  };
  {
    const Joiner joiner{is_done, watcher};
    work();
  }
  return found;
}

json request_of(const json& input) {
  json request = json::object();
  for (const char* name : {"services", "options", "profile", "site"})
    if (input.contains(name)) request[name] = input[name];
  return request;
}

/// What the run itself says, in the line "error[...]: ...".
Error failure_of(std::string_view printed) {
  Error error(HARBOR_E_FAILED, "secrets.trial_failed",
              "`harbor run prepare` failed on a copy of the project with made-up secrets",
              "try `harbor run prepare`; if that works, something depends on a secret's value");
  const auto at = printed.find("error[");
  if (at != std::string_view::npos)
    error.causes.emplace_back(printed.substr(at, printed.find('\n', at) - at));
  return error;
}

std::string report_of(const Hunt& hunt, std::size_t secrets) {
  std::string text = std::to_string(secrets) + (secrets == 1 ? " secret" : " secrets") +
                     ", made up for a run of prepare; nothing unexpected in its output, events, "
                     "command lines and files (" +
                     std::to_string(hunt.files) + " searched)\n";
  for (const auto& [place, names] : hunt.at_rest) {
    text += "  " + place + ":";
    for (const std::string& name : names) text += " " + name;
    text += " (meant to be there)\n";
  }
  return text;
}

Search search_for(const std::vector<Canary>& canaries) {
  std::vector<Needle> needles;
  for (const Canary& canary : canaries)
    for (Needle& needle : needles_of(canary.name, canary.value))
      needles.push_back(std::move(needle));
  return Search(std::move(needles));
}

json run_audit(Context& context, const json& input) {
  const auto since = fs::file_time_type::clock::now();
  // Only the pack that reads the section prepare.env knows what it means.
  Planted planted =
      plant(context,
            context.invoke("env.secrets", {{"prepare", input.value("prepare", json::object())}}));
  planted.trial.request = request_of(input);
  const Search search = search_for(planted.canaries);
  Hunt hunt{context, search, input.value("expected", std::vector<std::string>())};

  const auto look = [&](const TrialResult& result) {
    if (result.exit_status != 0) throw failure_of(result.err);
    hunt.judge("the output of prepare",
               search.in_text(std::string(result.out) + "\n" + std::string(result.err)));
    hunt.judge("the events of prepare", search.in_file(result.events));
    look_into_copy(hunt, result.folder, planted.files);
    look_around(hunt, result.folder, input.value("folders", json::array()), since);
  };
  const auto commands = watch_commands(search, [&] { context.try_stage(planted.trial, look); });
  hunt.judge("a command line", {commands.begin(), commands.end()});

  json places = json::object();
  for (const auto& [place, names] : hunt.at_rest) places[place] = names;
  return {{"secrets", planted.canaries.size()},
          {"files", hunt.files},
          {"places", std::move(places)},
          {"text", report_of(hunt, planted.canaries.size())}};
}

constexpr std::string_view input_schema = R"({
  "type": "object",
  "additionalProperties": false,
  "x-harbor-cli": {"command": "secrets audit", "args": ["services"], "print": "text"},
  "properties": {
    "prepare": {"type": "object", "x-harbor-from": "descriptor.prepare", "x-harbor-literal": true,
      "description": "The stage, for the files and variables that hold its secrets"},
    "services": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.services",
      "description": "Services to prepare; default: those of the profile"},
    "profile": {"type": "string", "x-harbor-from": "request.profile", "description": "The chosen profile"},
    "site": {"type": "string", "x-harbor-from": "request.site", "description": "The chosen site"},
    "options": {"type": "array", "items": {"type": "string"}, "x-harbor-from": "request.options",
      "description": "The chosen options"},
    "folders": {"type": "array", "items": {"type": "string"}, "default": ["/tmp", "/dev/shm", "/run/user"],
      "description": "Where to look besides the project, at files that change in the meantime"},
    "expected": {"type": "array", "items": {"type": "string"}, "default": ["var/run/*"],
      "description": "Files that may hold secrets if only their owner can read them; `*` stands for any text"}
  }
})";

constexpr std::string_view output_schema = R"({
  "type": "object",
  "properties": {
    "secrets": {"type": "integer", "description": "How many secrets were made up"},
    "files": {"type": "integer", "description": "How many files were searched"},
    "places": {"type": "object", "description": "Files that may hold secrets, and which they hold"},
    "text": {"type": "string", "description": "The same for people"}
  }
})";

}  // namespace

constinit const harbor_action audit_action = action<run_audit>(
    {.name = "secrets.audit",
     .doc = "Runs prepare with made-up secrets and looks where they end up, in every encoding.",
     .input = input_schema,
     .output = output_schema,
     // No write effect, as all it writes is a temporary copy, gone at the end: the audit needs no
     // lock and leaves no journal.
     .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_READ_HOST | HARBOR_FX_EXEC | HARBOR_FX_SECRETS,
     .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_LONG_RUNNING});

}  // namespace harbor::secrets_sops
