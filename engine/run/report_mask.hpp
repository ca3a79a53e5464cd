// Masks what a run hands to whoever asked for it: what is printed of it is made from that.
#pragma once

#include <nlohmann/json.hpp>

#include "plan/catalog.hpp"
#include "run/run.hpp"
#include "secret/masker.hpp"

namespace harbor::run {

/// Diagnostics, outputs, changes, artifacts and origins. What `schema` declares of an output, names
/// of artifacts and the words of changes and origins stay.
void mask(const secret::Masker& masker, plan::Catalog& catalog, RunReport& report);

/// `value` with those of its keys masked that are no property of `schema`; its texts stay.
[[nodiscard]] nlohmann::json with_masked_keys(const secret::Masker& masker,
                                              const plan::Schema& schema, nlohmann::json value);

/// `code`, or what is left of it when nobody has listed it: a pack may say anything while it runs.
[[nodiscard]] std::string masked_code(const secret::Masker& masker,
                                      const plugin::Registry& registry, std::string code);

}  // namespace harbor::run
