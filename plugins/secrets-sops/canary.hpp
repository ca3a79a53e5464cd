// Made-up secrets, planted where the project has real ones, so that a run shows where they end up.
#pragma once

#include <harbor/action.hpp>

#include <set>
#include <string>
#include <vector>

namespace harbor::secrets_sops {

/// A made-up secret.
struct Canary {
  std::string name;
  std::string value;
};

/// A stage to try with made-up secrets.
struct Planted {
  Trial trial;                  ///< with the files and variables that hold the canaries
  std::set<std::string> files;  ///< the files that hold canaries, relative to the project folder
  std::vector<Canary> canaries;
};

/// Makes up a value for each secret of the project: in *.secrets.env, in the other places that
/// `sources` names (the output of env.secrets: "files" and "variables"), and in sops files, which
/// are encrypted again with a throwaway key. Nothing is decrypted; env files are read for their
/// names. Throws secrets.no_sops and secrets.trial_failed.
Planted plant(Context& context, const json& sources);

}  // namespace harbor::secrets_sops
