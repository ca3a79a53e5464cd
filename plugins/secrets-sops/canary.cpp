#include "canary.hpp"

#include <algorithm>
#include <filesystem>
#include <harbor/env_file.hpp>
#include <map>
#include <random>

#include "sops_file.hpp"
#include "workspace_file.hpp"

namespace harbor::secrets_sops {
namespace fs = std::filesystem;

namespace {

// No file of secrets is larger, and the copy for a trial leaves larger files out as well.
constexpr std::size_t largest_file = std::size_t{8} << 20;

/// 40 letters and digits: a plain word in every language, so that no step fails over its syntax,
/// and long enough not to turn up by chance.
std::string random_word() {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device device;
  std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
  std::string word;
  for (int i = 0; i < 40; ++i) word += letters[any(device)];
  return word;
}

/// The regular files of the project, relative to it. Links, and folders that never hold files of a
/// descriptor, are skipped: the copy for a trial does not have them, or has them unchanged.
std::vector<std::string> files_of(const fs::path& workspace) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(workspace, fs::directory_options::skip_permission_denied,
                                      error),
      end;
  for (; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename();
    if (name == ".git" || name == "node_modules" || at->path() == workspace / "var") {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (fs::is_regular_file(at->symlink_status(ignored)) && at->file_size(ignored) <= largest_file)
      files.push_back(at->path().lexically_relative(workspace));
  }
  return files;
}

/// The variables that an env file sets, according to the pack that owns the grammar.
std::vector<std::string> names_in(Context& context, const std::string& file) {
  std::vector<std::string> names;
  const json values = context.invoke("secrets.dotenv", {{"file", file}, {"optional", true}})
                          .value("secrets", json::object());
  for (const auto& [name, value] : values.items()) names.push_back(name);
  return names;
}

/// A plain file of canaries, in the format of the file that it replaces.
std::string plain_text(const std::vector<Canary>& canaries, Format format) {
  json all = json::object();
  std::string lines;
  for (const Canary& canary : canaries) {
    all[canary.name] = canary.value;
    lines += canary.name + "=" + canary.value + "\n";
  }
  return format == Format::dotenv ? lines : all.dump(2) + "\n";  // JSON is YAML
}

/// Plants one canary after the other.
class Gardener {
 public:
  explicit Gardener(Context& context) : context_(context), workspace_(context.workspace()) {
    planted_.trial.stage = "prepare";
  }

  Planted plant(const json& sources) {
    const auto all = files_of(workspace_);
    plant_env_files(sources.value("files", json::array()), all);
    plant_sops_files(all);
    for (const std::string name : sources.value("variables", json::array()))
      planted_.trial.env.push_back({name, Part(canary(name))});
    return std::move(planted_);
  }

 private:
  std::string canary(const std::string& name) {
    planted_.canaries.push_back({name, random_word()});
    return planted_.canaries.back().value;
  }

  void add_file(const std::string& file, std::string text) {
    planted_.files.insert(file);
    planted_.trial.files.push_back({.path = file, .parts = {Part(std::move(text))}});
  }

  void plant_env_files(const json& patterns, const std::vector<std::string>& all) {
    std::set<std::string> files;
    for (const std::string pattern : patterns)
      for (const std::string& name : matching_files(workspace_, pattern)) files.insert(name);
    for (const std::string& file : all)
      if (file.ends_with(".secrets.env")) files.insert(file);
    for (const std::string& file : files) {
      Variables variables;
      for (const std::string& name : names_in(context_, file))
        variables.emplace_back(name, canary(name));
      // If the file is missing or empty, this still shows where its values would go.
      if (variables.empty()) variables.emplace_back("HARBOR_CANARY", canary("HARBOR_CANARY"));
      add_file(file, write_env_file(variables));
    }
  }

  void plant_sops_files(const std::vector<std::string>& all) {
    for (const std::string& file : all) {
      const auto format = format_of(file);
      if (!format) continue;
      const auto real = read_project_file(workspace_, file, largest_file);
      if (!real || !is_encrypted(real->text, *format)) continue;
      std::vector<Canary> own;
      for (const auto& [name, line] : lines_of(real->text, *format))
        if (name != "sops" && !name.starts_with("sops_")) own.push_back({name, canary(name)});
      add_file(file, encrypted(file, own, *format));
    }
  }

  std::string encrypted(const std::string& file, const std::vector<Canary>& own, Format format) {
    try {
      make_key();
      // From "/", so that sops finds no .sops.yaml: the project's rules would encrypt the canaries
      // for the project's members, whose key the trial does not have.
      const Process done =
          context_.spawn({.argv = {"sops", "--encrypt", "--age", public_key_, "--input-type",
                                   name_of(format), "--output-type", name_of(format), file_path(0)},
                          .env = {{"HOME", "/nonexistent"}},
                          .cwd = "/",
                          .files = {{Part(plain_text(own, format))}},
                          .capture = true,
                          .quiet = true,
                          .read_only = true});
      if (done.ok()) return done.out;
      throw Error(HARBOR_E_FAILED, "secrets.trial_failed",
                  "sops could not encrypt made-up values in place of " + file,
                  "run `sops --version`; 3.9.4 is known to work");
    } catch (const HostFailure& failure) {
      if (failure.status != HARBOR_E_UNAVAILABLE) throw;
      throw Error(HARBOR_E_UNAVAILABLE, "secrets.no_sops",
                  "sops or age-keygen is not installed, and " + file + " needs them",
                  "install them: go install github.com/getsops/sops/v3/cmd/sops@v3.9.4, and age");
    }
  }

  /// One key for all files; the trial gets it instead of the user's.
  void make_key() {
    if (!public_key_.empty()) return;
    const Process made = context_.spawn(
        {.argv = {"age-keygen"}, .cwd = "/", .capture = true, .quiet = true, .read_only = true});
    const auto line_with = [&](std::string_view mark) {
      const auto at = made.out.find(mark);
      return at == std::string::npos
                 ? std::string()
                 : made.out.substr(at, std::min(made.out.find('\n', at), made.out.size()) - at);
    };
    const std::string private_key = line_with("AGE-SECRET-KEY-");
    public_key_ = line_with("age1");
    if (!made.ok() || private_key.empty() || public_key_.empty())
      throw Error(HARBOR_E_FAILED, "secrets.trial_failed", "age-keygen made no key",
                  "run `age-keygen` to see why");
    planted_.trial.env.push_back(
        {"AGE_PRIVATE_KEY", Part(context_.put_secret("a key made up", private_key))});
  }

  Context& context_;
  fs::path workspace_;
  Planted planted_;
  std::string public_key_;
};

}  // namespace

Planted plant(Context& context, const json& sources) { return Gardener(context).plant(sources); }

}  // namespace harbor::secrets_sops
