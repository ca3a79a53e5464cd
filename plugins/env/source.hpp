// `prepare.env.sources`: which files make up the environment, and their content.
#pragma once

#include <harbor/action.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "layer.hpp"

namespace harbor::env {

/// What the sources are read for.
struct Scope {
  std::filesystem::path workspace;
  std::vector<std::string> services;
  std::string site;
};

/// The layers of encrypted files, one for each file that `request` matches.
using Decrypt = std::function<std::vector<Layer>(const json& request)>;

/// Called for a source that cannot be used.
using Refuse = std::function<void(const Error&)>;

/// The layers of these sources, in their order; a source of type `service` makes one for each
/// service, one of type `site` another from etc/sites/SITE.env when a site is chosen. `refuse` gets
/// env.missing_file, env.unreadable_file, env.too_large, env.outside and env.bad_path, one per
/// source, each with a pointer into the input. Throws the first HostFailure of `decrypt`, once all
/// sources were tried.
std::vector<Layer> read_sources(const json& sources, const Scope& scope, const Decrypt& decrypt,
                                const Refuse& refuse);

/// The variables of Harbor's own environment that `names` asks for, as the strongest layer, and
/// the secret ones as another. An entry is a name, which may end in `*`, or {"name", "secret"}; one
/// entry is enough to make a variable secret.
std::vector<Layer> host_layers(const json& names, const Call& call);

}  // namespace harbor::env
