// The planner at work: candidates are collected, the needed ones selected, ordered and bound.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "plan/scope.hpp"

namespace harbor::plan {

inline constexpr std::string_view command_stage = "command";
inline constexpr std::string_view destroy_stage = "destroy";
inline constexpr std::string_view request_prefix = "request.";
inline constexpr std::string_view descriptor_prefix = "descriptor.";

/// A step on its way into the plan.
struct Candidate {
  const workflow::Step* written = nullptr;  ///< null for the command
  std::string stage;
  const ResolvedAction* action = nullptr;
  bool selected = false;
  bool expanded = false;  ///< its own needs were looked at
  /// The warning if a command wants it but can go on without it; else empty.
  std::string otherwise = {};
  std::vector<Reference> references;
};

/// A property whose text is in the action's own language: the kernel does not resolve `${...}` in
/// it.
[[nodiscard]] inline bool is_literal(const ResolvedAction* action, const std::string& property) {
  return action && action->info->marks(property).literal;
}

/// Makes one plan; see make_plan.
class Planner {
 public:
  Planner(const workflow::Descriptor& descriptor, const workflow::Workflow& workflow,
          Catalog& catalog, const Target& target, const Record& record,
          report::Diagnostics& diagnostics);

  Plan plan() &&;

 private:
  report::Span span(const document::Mark& mark) const { return descriptor_.span(mark); }
  void error(std::string_view code, std::string message, const document::Mark& mark,
             std::string hint = {});
  void collect();
  void collect_hook(const std::string& point, const std::string& stage);
  void collect_step_references(const workflow::Step& step, Candidate& candidate) const;
  void collect_outside_references(Candidate& candidate) const;
  void add_candidate(const workflow::Step& step, const std::string& stage);
  void add_command();
  const ResolvedAction* resolve_action(const workflow::Step& step);
  /// Also for actions that no step uses: a choice without effect is a mistake.
  void check_choices();
  void check_root_keys();
  [[nodiscard]] bool stands_in_profile(const std::string& key) const;
  /// A point that no action raises is a typo.
  void check_hook_points();
  /// Points that actions raise. Their steps may use what any step of the plan publishes.
  void add_hooks();

  // Selection: which candidates the target needs.
  void select();
  /// Pulls in what candidate `i` needs.
  void expand(std::size_t i);
  /// The descriptor's value that a property takes from outside of its step, or null.
  const document::Value* outside_value(const Candidate& candidate,
                                       const plugin::Binding& binding) const;
  bool is_given(const Candidate& candidate, const std::string& property) const;
  bool takes_record_first(const Candidate& candidate, const plugin::Binding& binding) const;
  /// The nearest candidate before `i` that publishes `artifact`, selected or of a stage that may be
  /// pulled in.
  std::optional<std::size_t> provider_of(std::size_t i, std::string_view artifact) const;
  std::optional<std::size_t> step_of(std::string_view reference) const;
  /// A stage's steps pull in whole stages; a command, and destroy, just the steps that they need.
  /// `otherwise`: see Candidate.
  void pull(std::size_t consumer, std::size_t provider, const std::string& otherwise);

  // Order: written order wherever needs leave a choice.
  void add_stage(const std::string& stage);
  /// Collects the edges within a stage and sorts its steps: written order wherever the edges leave
  /// a choice.
  std::vector<std::size_t> ordered(const std::vector<std::size_t>& members);
  void add_need(std::size_t i, const std::string& id, const document::Mark& mark,
                const std::set<std::size_t>& here);
  void add_implied_edges(std::size_t i, const std::set<std::size_t>& here);
  std::vector<std::size_t> sorted(const std::vector<std::size_t>& members);
  void report_cycle(const std::vector<std::size_t>& members, const std::vector<std::size_t>& order);

  /// After the steps of destroy: undoes what earlier steps saved, the latest first.
  void add_undoing();

  // Binding: every input accounted for.
  PlannedStep bind(std::size_t i);
  [[nodiscard]] static PlannedStep as_written(const workflow::Step& written);
  [[nodiscard]] PlannedStep commanded() const;
  /// Reports capabilities that the action requires and nothing provides.
  void check_capabilities(const Candidate& candidate);
  /// Whether the command line sets it: that wins over the descriptor.
  bool is_asked_for(std::string_view artifact) const;
  /// `is_slice`: the step is needed only for what it publishes.
  void take_parameters(const Candidate& candidate, bool is_slice, PlannedStep& step,
                       std::set<std::string>& open);
  void bind_artifact(std::size_t i, const plugin::Binding& binding, PlannedStep& step,
                     std::set<std::string>& open);
  void bind_request(const plugin::Binding& binding, PlannedStep& step);
  void take_value(const Candidate& candidate, const std::string& property,
                  const document::Value& value, PlannedStep& step, std::set<std::string>& open);
  void report_missing(const Candidate& candidate, const plugin::Binding& binding);
  void check_references(std::size_t i, PlannedStep& step);
  void report_unknown_step(const Reference& reference);
  void check_output_name(std::size_t target, const Reference& reference);
  void check_input(const Candidate& candidate, const PlannedStep& step,
                   const std::set<std::string>& open);
  /// A property that makes a command call another action has no effect in a step, which names that
  /// action instead.
  void check_stand_ins(const Candidate& candidate);
  /// An unknown parameter may be a typo of one of the step's own keys.
  static std::string hint_of(const SchemaError& problem);
  static std::string message_of(const SchemaError& problem);

  const workflow::Descriptor& descriptor_;
  const workflow::Workflow& workflow_;
  Catalog& catalog_;
  const Target& target_;
  const Record& record_;
  report::Diagnostics& diagnostics_;
  Plan plan_;
  std::vector<Candidate> candidates_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::map<std::string, std::vector<std::size_t>, std::less<>>
      publishing_;  ///< artifact -> candidates, ascending
  std::set<std::size_t> sliced_;
  std::map<std::size_t, std::vector<std::size_t>> edges_;
  std::map<std::size_t, std::size_t> position_;  ///< candidate -> index in the plan
};

}  // namespace harbor::plan
