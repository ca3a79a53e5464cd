#include "trial.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <harbor/env_file.hpp>
#include <random>

#include "search.hpp"
#include "sops_file.hpp"
#include "workspace_file.hpp"

namespace harbor::secrets {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{8} << 20;

[[noreturn]] void fail_to_copy(const std::string& what, const std::string& reason) {
  throw Error(HARBOR_E_IO, "secrets.trial_failed",
              "the project cannot be copied to be tried out: " + what + ": " + reason,
              "make room in the folder for temporary files, or name another with TMPDIR");
}

/// 40 letters and digits: in every language a plain word.
std::string random_word() {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device device;
  std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
  std::string word;
  for (int i = 0; i < 40; ++i) word += letters[any(device)];
  return word;
}

bool is_left_out(const fs::directory_entry& entry, const fs::path& workspace) {
  const auto name = entry.path().filename();
  if (name == ".git" || name == "node_modules" || name == ".sops.yaml") return true;
  if (entry.path() == workspace / "var") return true;
  std::error_code error;
  return entry.is_regular_file(error) && entry.file_size(error) > largest_file;
}

void copy(const fs::path& from, const fs::path& to, const fs::path& workspace) {
  std::error_code error;
  fs::create_directory(to, error);
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (is_left_out(entry, workspace)) continue;
    const fs::path target = to / entry.path().filename();
    if (entry.is_symlink(error))
      fs::copy_symlink(entry.path(), target, error);
    else if (entry.is_directory(error))
      copy(entry.path(), target, workspace);
    else if (entry.is_regular_file(error) && ::access(entry.path().c_str(), R_OK) == 0)
      fs::copy_file(entry.path(), target, error);
    if (error) fail_to_copy(entry.path().lexically_relative(workspace), error.message());
  }
}

/// Not through a link: that may lead to the real file.
void write_private(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  fs::remove(path, error);
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) fail_to_copy(path.filename(), "writing failed");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
}

bool is_secret_env(const std::string& name) { return name.ends_with(".secrets.env"); }

/// The variables that an env file sets, by the pack whose grammar it is.
std::vector<std::string> names_in(Context& context, const std::string& file) {
  std::vector<std::string> names;
  const json values = context.invoke("secrets.dotenv", {{"file", file}, {"optional", true}})
                          .value("secrets", json::object());
  for (const auto& [name, value] : values.items()) names.push_back(name);
  return names;
}

/// Those of Harbor's environment that fit `name`, or itself.
std::vector<std::string> variables_like(const std::string& name) {
  if (!name.ends_with('*')) return {name};
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.starts_with(name.substr(0, name.size() - 1)))
      names.emplace_back(text.substr(0, equals));
  }
  return names;
}

/// A plain file of canaries, in the format of the one that it stands for.
std::string plain_text(const std::vector<Canary>& canaries, Format format) {
  json all = json::object();
  std::string lines;
  for (const Canary& canary : canaries) {
    all[canary.name] = canary.value;
    lines += canary.name + "=" + canary.value + "\n";
  }
  return format == Format::dotenv ? lines : all.dump(2) + "\n";  // JSON is YAML
}

}  // namespace

Origins origins_in(const json& prepare) {
  Origins origins;
  const json env = prepare.value("env", json::object());
  if (env.is_object()) {
    for (const json& source : env.value("sources", json::array()))
      if (source.is_object() && source.value("type", "") == "secrets")
        origins.files.insert(source.value("file", "override.secrets.env"));
    for (const json& name : env.value("fromHost", json::array())) {
      if (name.is_string()) origins.inherited.insert(name.get<std::string>());
      if (!name.is_object()) continue;
      (name.value("secret", false) ? origins.variables : origins.inherited)
          .insert(name.value("name", ""));
    }
  }
  for (const json& step : prepare.value("steps", json::array()))
    if (step.is_object() && step.value("action", "") == "secrets.dotenv") {
      const json& given = step.contains("with") ? step["with"] : step;
      origins.files.insert(given.value("file", "override.secrets.env"));
    }
  return origins;
}

Trial::Trial(Context& context, const Origins& origins) {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "harbor-trial-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr)
    fail_to_copy(pattern, std::generic_category().message(errno));
  root_ = pattern;
  try {
    const fs::path workspace(context.workspace());
    copy(workspace, folder(), workspace);
    plant_env_files(context, origins);
    plant_sops_files(context);
    plant_variables(origins);
  } catch (...) {
    fs::remove_all(root_, error);
    throw;
  }
}

Trial::~Trial() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string Trial::canary(const std::string& name) {
  canaries_.push_back({name, random_word()});
  return canaries_.back().value;
}

void Trial::plant_env_files(Context& context, const Origins& origins) {
  std::set<std::string> files;
  for (const std::string& pattern : origins.files)
    for (const std::string& name : matching_files(folder(), pattern)) files.insert(name);
  for_each_file(folder(), [&](const fs::path& path) {
    if (is_secret_env(path.filename())) files.insert(path.lexically_relative(folder()));
    return true;
  });
  for (const std::string& file : files) {
    Variables variables;
    for (const std::string& name : names_in(context, file))
      variables.emplace_back(name, canary(name));
    // Whoever has no such file finds out where its values would go, too.
    if (variables.empty()) variables.emplace_back("HARBOR_CANARY", canary("HARBOR_CANARY"));
    write_private(folder() / file, write_env_file(variables));
    planted_.insert(file);
  }
}

void Trial::make_key(Context& context) {
  if (!public_key_.empty()) return;
  const Process made = context.spawn(
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
  environment_.push_back(
      {"AGE_PRIVATE_KEY", Part(context.put_secret("a key made up", private_key))});
}

void Trial::plant_sops_files(Context& context) {
  std::map<std::string, Format> files;
  for_each_file(folder(), [&](const fs::path& path) {
    const auto format = format_of(path.filename().string());
    if (!format) return true;
    const auto file = read_file(path, path.filename(), largest_file);
    if (file && is_encrypted(file->text, *format))
      files.emplace(path.lexically_relative(folder()), *format);
    return true;
  });
  for (const auto& [file, format] : files) {
    const std::string encrypted = read_file(folder() / file, file, largest_file)->text;
    std::vector<Canary> own;
    for (const auto& [name, line] : lines_of(encrypted, format))
      if (name != "sops" && !name.starts_with("sops_")) own.push_back({name, canary(name)});
    try {
      make_key(context);
      const Process done =
          context.spawn({.argv = {"sops", "--encrypt", "--age", public_key_, "--input-type",
                                  name_of(format), "--output-type", name_of(format), file_path(0)},
                         .env = {{"HOME", "/nonexistent"}},
                         .cwd = "/",
                         .files = {{Part(plain_text(own, format))}},
                         .capture = true,
                         .quiet = true,
                         .read_only = true});
      if (!done.ok())
        throw Error(HARBOR_E_FAILED, "secrets.trial_failed",
                    "sops could not encrypt made-up values in place of " + file,
                    "run `sops --version`; 3.9.4 is known to work");
      write_private(folder() / file, done.out);
    } catch (const HostFailure& failure) {
      if (failure.status != HARBOR_E_UNAVAILABLE) throw;
      throw Error(HARBOR_E_UNAVAILABLE, "secrets.no_sops",
                  "sops or age-keygen is not installed, and " + file + " needs them",
                  "install them: go install github.com/getsops/sops/v3/cmd/sops@v3.9.4, and age");
    }
  }
}

void Trial::plant_variables(const Origins& origins) {
  for (const std::string& pattern : origins.variables)
    for (const std::string& name : variables_like(pattern))
      environment_.push_back({name, Part(canary(name))});
  for (const std::string& pattern : origins.inherited)
    for (const std::string& name : variables_like(pattern)) inherited_.push_back(name);
}

Process Trial::prepare(Context& context, const std::vector<std::string>& arguments) const {
  std::error_code error;
  Spawn spawn{
      .argv = {fs::read_symlink("/proc/self/exe", error).string(), "--project", folder().string(),
               "run", "prepare", "--verbose", "--events", events().string()},
      .env = environment_,
      .inherit_env = inherited_,
      .cwd = folder().string(),
      .capture = true,
      .quiet = true,
      .read_only = true};
  spawn.argv.insert(spawn.argv.end(), arguments.begin(), arguments.end());
  return context.spawn(spawn);
}

}  // namespace harbor::secrets
