// A copy of the project whose secrets are made up, so that a run of it shows where they go.
#pragma once

#include <harbor/action.hpp>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace harbor::secrets {

/// A secret that nobody has.
struct Canary {
  std::string name;
  std::string value;
};

/// What the descriptor's stage `prepare` says of secrets, beside the files whose names do.
struct Origins {
  std::set<std::string> files;      ///< patterns of env files that hold secrets
  std::set<std::string> variables;  ///< secrets of Harbor's own environment; may end in '*'
  std::set<std::string> inherited;  ///< its other variables that the stage asks for, likewise
};
Origins origins_in(const json& prepare);

/// Gone with the object, its folder and all that is in it.
class Trial {
 public:
  /// Copies the project to a private folder of its own, without var/, .git/ and files of more than
  /// 8 MiB, and writes a canary in place of each secret: into *.secrets.env and what else
  /// `origins` names, and into files that sops encrypted, encrypted again with a key that lives as
  /// long as the trial. Nothing is decrypted; env files are read for their names. Throws
  /// secrets.no_sops, and secrets.trial_failed when the copy cannot be made.
  Trial(Context& context, const Origins& origins);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// Runs `harbor run prepare` in it, with these further arguments.
  [[nodiscard]] Process prepare(Context& context, const std::vector<std::string>& arguments) const;

  /// The project's copy.
  [[nodiscard]] std::filesystem::path folder() const { return root_ / "project"; }
  /// The events of the run.
  [[nodiscard]] std::filesystem::path events() const { return root_ / "events"; }
  /// Files of the copy that hold canaries because they were put there.
  [[nodiscard]] const std::set<std::string>& planted() const { return planted_; }
  [[nodiscard]] const std::vector<Canary>& canaries() const { return canaries_; }

 private:
  std::string canary(const std::string& name);
  void plant_env_files(Context& context, const Origins& origins);
  void plant_sops_files(Context& context);
  void plant_variables(const Origins& origins);
  void make_key(Context& context);

  std::filesystem::path root_;
  std::set<std::string> planted_;
  std::vector<Canary> canaries_;
  std::vector<Variable> environment_;  ///< of the run
  std::vector<std::string> inherited_ = {"HARBOR_PLUGIN_PATH", "XDG_CACHE_HOME"};
  std::string public_key_;
};

}  // namespace harbor::secrets
