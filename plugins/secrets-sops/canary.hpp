// Secrets that nobody has, planted where the project has real ones, so that a run shows where they
// go.
#pragma once

#include <harbor/action.hpp>

#include <set>
#include <string>
#include <vector>

namespace harbor::secrets_sops {

/// A secret that nobody has.
struct Canary {
  std::string name;
  std::string value;
};

/// A stage to be tried with made-up secrets.
struct Planted {
  Trial trial;                  ///< with the files and variables that hold the canaries
  std::set<std::string> files;  ///< those of its files, from the project folder
  std::vector<Canary> canaries;
};

/// Makes up a value for each secret of the project: in *.secrets.env and what else `sources` names
/// (what env.secrets says: "files" and "variables"), and in files that sops encrypted, encrypted
/// again with a key that is made for it. Nothing is decrypted; env files are read for their names.
/// Throws secrets.no_sops and secrets.trial_failed.
Planted plant(Context& context, const json& sources);

}  // namespace harbor::secrets_sops
