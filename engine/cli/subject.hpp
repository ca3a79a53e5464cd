// What `harbor why` is asked about: a value of an artifact, found by its name.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plugin/registry.hpp"
#include "run/run.hpp"

namespace harbor::cli {

/// The namings of the artifacts whose origins the run reported.
[[nodiscard]] std::vector<plugin::Naming> namings_of(const plugin::Registry& registry,
                                                     const run::RunReport& report);

/// A value and its place. Points into the report.
struct Subject {
  std::string artifact;
  std::string pointer;  ///< RFC 6901, into the artifact
  std::string owner;    ///< of a name that was asked for by itself: the key above it, or empty
  const nlohmann::json* value = nullptr;
  nlohmann::json chain;  ///< where it comes from, the effective link last
  nlohmann::json uses;   ///< who uses it
};

/// What `name` means: the artifact and the keys that lead to the value, joined by dots (the
/// artifact's last word may be left out), or a single name, which several artifacts may have. Keys
/// may contain dots themselves. Empty when nothing is known about it.
[[nodiscard]] std::vector<Subject> find_subjects(const run::RunReport& report,
                                                 const std::vector<plugin::Naming>& namings,
                                                 const std::string& name);

/// Everything that `harbor why` could be asked about, for suggestions.
[[nodiscard]] std::vector<std::string> known_subjects(const run::RunReport& report,
                                                      const std::vector<plugin::Naming>& namings);

}  // namespace harbor::cli
