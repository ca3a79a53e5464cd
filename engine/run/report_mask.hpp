// Masks the report of a run, from which everything that is printed is made.
#pragma once

#include <nlohmann/json.hpp>

#include "plan/catalog.hpp"
#include "run/run.hpp"
#include "secret/masker.hpp"

namespace harbor::run {

/// Diagnostics, outputs, changes, artifacts and origins. The keys that an output's schema declares,
/// names of artifacts and the words of changes and origins stay.
void mask(const secret::Masker& masker, plan::Catalog& catalog, RunReport& report);

/// `value` with those of its keys masked that are no property of `schema`; its texts stay.
[[nodiscard]] nlohmann::json with_masked_keys(const secret::Masker& masker,
                                              const plan::Schema& schema, nlohmann::json value);

/// `code`, masked unless the engine or a pack lists it: a pack may make up codes while it runs.
[[nodiscard]] std::string masked_code(const secret::Masker& masker,
                                      const plugin::Registry& registry, std::string code);

}  // namespace harbor::run
