// The descriptor's stages as steps, checked as far as possible without knowing the actions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workflow/descriptor.hpp"

namespace harbor::workflow {

inline constexpr std::string_view stage_names[] = {"source", "prepare", "deploy", "post_deploy",
                                                   "destroy"};

[[nodiscard]] bool is_stage(std::string_view name) noexcept;

/// Whether the stage only makes what later ones use: such stages are pulled in when needed, and
/// when one fails, what it wrote is rolled back.
[[nodiscard]] bool only_prepares(std::string_view stage) noexcept;

struct Retry {
  unsigned attempts = 1;
  std::chrono::milliseconds backoff{
      1000};  ///< before the second attempt; doubles, at most a minute
};

/// One step as written. Pointers point into the descriptor's root, which outlives the workflow.
struct Step {
  std::string id;  ///< unique in the workflow: the written one, else made from the action's name
  std::string action;   ///< empty for a sugar section until the planner finds its action
  std::string section;  ///< "prepare.env" for a sugar section
  std::string
      stage;  ///< for hooks, the stage that they run in; empty for points that actions raise
  document::Mark mark;  ///< of the action's name, or of the section's key
  document::Mark id_mark;
  std::vector<std::pair<std::string, const document::Value*>> parameters;
  std::vector<document::Mark> parameter_marks;  ///< of the keys
  const document::Value* when = nullptr;
  const document::Value* for_each = nullptr;
  std::optional<std::vector<std::pair<std::string, document::Mark>>> needs;
  std::optional<std::chrono::milliseconds> timeout;
  Retry retry;
  bool continue_on_error = false;
};

struct Stage {
  std::string name;
  std::vector<Step> steps;
};

/// Steps of a hook point, `hooks.POINT`.
struct Hook {
  std::string point;
  std::vector<Step> steps;
  document::Mark mark = {};  ///< of the point
};

/// Which pack provides an action: `use: {ACTION: PACK-ID}`.
struct Choice {
  std::string action;
  std::string pack;
  document::Mark mark;
};

/// A pack that the descriptor names.
struct NamedPack {
  std::string path;
  document::Mark mark;
};

struct Workflow {
  std::vector<Stage> stages;  ///< in running order; all five
  std::vector<Hook> hooks;
  std::vector<Choice> choices;
  std::vector<NamedPack> packs;
  /// Members of the root that the kernel does not know; valid if an action binds `descriptor.KEY`.
  std::vector<std::pair<std::string, document::Mark>> others;

  [[nodiscard]] const Stage* stage(std::string_view name) const noexcept;
  [[nodiscard]] const Hook* hook(std::string_view point) const noexcept;
};

/// The place in a step's parameters that an RFC 6901 pointer into its input means; `at_key`: the
/// key, not its value. The step's own mark when the parameter was not written.
[[nodiscard]] document::Mark mark_of(const Step& step, std::string_view pointer,
                                     bool at_key = false);

/// Keys of a step that are not parameters.
[[nodiscard]] const std::vector<std::string>& reserved_step_keys();

/// Reads the workflow from a descriptor; all errors go to `diagnostics`.
[[nodiscard]] Workflow parse_workflow(const Descriptor& descriptor,
                                      report::Diagnostics& diagnostics);

}  // namespace harbor::workflow
