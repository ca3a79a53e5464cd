// The actions that a descriptor may use, with providers chosen and schemas compiled on first use.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harbor/plugin.h>

#include "plan/schema.hpp"
#include "plugin/registry.hpp"
#include "report/diagnostic.hpp"
#include "workflow/workflow.hpp"

namespace harbor::plan {

/// An action that was resolved to one provider. Lives as long as the catalog.
struct ResolvedAction {
  const plugin::Pack* pack = nullptr;
  const plugin::ActionInfo* info = nullptr;
  std::unique_ptr<Schema> input;
  std::unique_ptr<Schema> output;
};

/// Looks actions up; thread-safe. The registry must outlive it.
class Catalog {
 public:
  Catalog(const plugin::Registry& registry, std::vector<workflow::Choice> choices)
      : registry_(registry), choices_(std::move(choices)) {}

  /// The action, or the diagnostic (H0210 unknown, H0315 several providers, H0222 unknown choice)
  /// without a span.
  struct Lookup {
    const ResolvedAction* action = nullptr;
    std::optional<report::Diagnostic> problem;
  };
  [[nodiscard]] Lookup find(std::string_view name);

  /// The name of the action that serves a section, or the diagnostic (H0218 unknown, H0219 claimed
  /// twice).
  struct Section {
    std::string action;
    std::optional<report::Diagnostic> problem;
  };
  [[nodiscard]] Section section(std::string_view name) const;

  /// Whether a section is not a step but a value that actions bind by `descriptor.STAGE.NAME`.
  [[nodiscard]] bool is_bound_section(std::string_view name) const;

  /// Names of the actions that publish an artifact.
  [[nodiscard]] std::vector<std::string> publishers(std::string_view artifact) const;
  /// Whether some action binds `descriptor.KEY...`.
  [[nodiscard]] bool is_bound_key(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> bound_keys() const;

  [[nodiscard]] const plugin::Registry& registry() const noexcept { return registry_; }

 private:
  const plugin::Registry& registry_;
  std::vector<workflow::Choice> choices_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ResolvedAction>, std::less<>> resolved_;
};

}  // namespace harbor::plan
