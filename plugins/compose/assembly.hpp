// The chosen compose files as one document, with the `x-harbor-*` keys already applied.
#pragma once

#include <string>
#include <vector>

#include "config_template.hpp"
#include "native_contract.hpp"
#include "tree.hpp"

namespace harbor::compose {

struct Assembly {
  Project project;
  std::vector<NativeContract> natives;
  std::vector<ConfigTemplate> templates;
  std::vector<Warning> warnings;
};

/// Merges `files`; services named in `natives` become proxies. `lookup` is only used for the
/// variables of native contracts, paths of config templates and shared volumes. Throws what merge()
/// and native_contracts() throw.
Assembly assemble(const Tree& tree, const std::vector<std::string>& files,
                  const std::vector<std::string>& natives, const Lookup& lookup);

}  // namespace harbor::compose
