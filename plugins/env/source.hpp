// `prepare.env.sources`: which files make the environment, and what stands in them.
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

/// The layers that an encrypted file makes: one for each file that `request` matches.
using Decrypt = std::function<std::vector<Layer>(const json& request)>;

/// The layers of these sources, in their order; a source of type `service` makes one for each
/// service, one of type `site` another out of etc/sites/SITE.env when a site is chosen. Throws
/// env.missing_file, env.unreadable_file, env.too_large, env.bad_path, each with a pointer into the
/// input, and what `decrypt` throws.
std::vector<Layer> read_sources(const json& sources, const Scope& scope, const Decrypt& decrypt);

/// The variables of Harbor's own environment that `names` asks for, as the strongest layer, and
/// those that are secret as another. An entry is a name, which may end in `*`, or
/// {"name", "secret"}; a variable that one entry calls secret is.
std::vector<Layer> host_layers(const json& names, const Call& call);

}  // namespace harbor::env
