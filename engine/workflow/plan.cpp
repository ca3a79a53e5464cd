#include "workflow/plan.hpp"

#include <algorithm>
#include <functional>
#include <queue>

#include "report/code.hpp"
#include "report/suggestion.hpp"
#include "workflow/scope.hpp"

namespace harbor::workflow {
using document::Kind;
using document::Value;
using nlohmann::json;

namespace {

constexpr std::string_view command_stage = "command";
constexpr std::string_view request_prefix = "request.";

/// A step on its way into the plan.
struct Candidate {
  const Step* written = nullptr;  ///< null for the command
  std::string stage;
  const ResolvedAction* action = nullptr;
  bool selected = false;
  bool expanded = false;  ///< its own needs were looked at
  std::vector<Reference> references;
};

bool is_pullable(std::string_view stage) { return stage == "source" || stage == "prepare"; }

const Value* at_path(const Value& root, std::string_view path) {
  const Value* value = &root;
  while (value && !path.empty()) {
    const auto dot = path.find('.');
    value = value->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

/// Whether the schema sets a mark on a property.
bool is_marked(const ResolvedAction* action, const std::string& property, const char* mark) {
  if (!action) return false;
  const auto properties = action->input->definition().find("properties");
  if (properties == action->input->definition().end()) return false;
  const auto found = properties->find(property);
  return found != properties->end() && found->is_object() && found->value(mark, false);
}

/// A property whose text is the action's own language: `${...}` in it is not for the kernel.
bool is_literal(const ResolvedAction* action, const std::string& property) {
  return is_marked(action, property, "x-harbor-literal");
}

json request_json(const Request& request) {
  json out = {{"services", request.services},
              {"options", request.options},
              {"profile", request.profile},
              {"site", request.site}};
  out.update(request.extra);
  return out;
}

class Planner {
 public:
  Planner(const Descriptor& descriptor, const Workflow& workflow, Catalog& catalog,
          const Target& target, const json& record, report::Diagnostics& diagnostics)
      : descriptor_(descriptor),
        workflow_(workflow),
        catalog_(catalog),
        target_(target),
        record_(record),
        diagnostics_(diagnostics) {
    plan_.request = request_json(descriptor.request);
  }

  Plan plan() && {
    check_choices();
    collect();
    check_root_keys();
    select();
    for (const auto& stage : workflow_.stages) add_stage(stage.name);
    add_stage(std::string(command_stage));
    add_hooks();
    return std::move(plan_);
  }

 private:
  report::Span span(const document::Mark& mark) const { return descriptor_.span(mark); }

  void error(std::string_view code, std::string message, const document::Mark& mark,
             std::string hint = {}) {
    diagnostics_.push_back(
        report::diagnose(code, std::move(message), {{span(mark), ""}}, std::move(hint)));
  }

  // ---- candidates
  // ----------------------------------------------------------------------------------------

  void collect() {
    for (const auto& stage : workflow_.stages) {
      collect_hook("pre_" + stage.name, stage.name);
      for (const Step& step : stage.steps)
        if (step.section.empty() || !catalog_.is_bound_section(step.section))
          add_candidate(step, stage.name);
      collect_hook("post_" + stage.name, stage.name);
      // A command stands behind what may be made afresh for it.
      if (stage.name == "prepare" && target_.command) add_command();
    }
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (candidates_[i].written) by_id_.emplace(candidates_[i].written->id, i);
      if (candidates_[i].action)
        for (const auto& binding : candidates_[i].action->info->publishes)
          publishing_[binding.artifact].push_back(i);
    }
  }

  void collect_hook(const std::string& point, const std::string& stage) {
    const Hook* hook = workflow_.hook(point);
    if (!hook) return;
    for (const Step& step : hook->steps) add_candidate(step, stage);
  }

  void add_candidate(const Step& step, const std::string& stage) {
    Candidate candidate;
    candidate.written = &step;
    candidate.stage = stage;
    candidate.action = resolve_action(step);
    for (const auto& [key, value] : step.parameters)
      if (!is_literal(candidate.action, key)) collect_references(*value, candidate.references);
    if (step.for_each) collect_references(*step.for_each, candidate.references);
    if (step.when) collect_condition_references(*step.when, candidate.references);
    candidates_.push_back(std::move(candidate));
  }

  void add_command() {
    Candidate candidate;
    candidate.stage = command_stage;
    auto found = catalog_.find(target_.command->action);
    if (found.problem) diagnostics_.push_back(*found.problem);
    candidate.action = found.action;
    candidates_.push_back(std::move(candidate));
  }

  const ResolvedAction* resolve_action(const Step& step) {
    std::string name = step.action;
    if (name.empty()) {
      auto section = catalog_.section(step.section);
      if (section.problem) {
        section.problem->labels = {{span(step.mark), ""}};
        diagnostics_.push_back(std::move(*section.problem));
        return nullptr;
      }
      name = section.action;
    }
    auto found = catalog_.find(name);
    // A misspelt action is reported once for each place where it stands.
    if (found.problem && found.problem->code != "H0222") {  // reported where the choice is made
      found.problem->labels = {{span(step.mark), ""}};
      diagnostics_.push_back(std::move(*found.problem));
    }
    return found.action;
  }

  /// Also of actions that no step uses: a choice that chooses nothing is a mistake.
  void check_choices() {
    for (const Choice& choice : workflow_.choices) {
      const auto providers = catalog_.registry().providers(choice.action);
      std::string ids;
      bool found = false;
      for (const auto& provider : providers) {
        ids += (ids.empty() ? "it is provided by " : ", ") + provider.pack->id;
        found |= provider.pack->id == choice.pack;
      }
      if (!found)
        error("H0222", "no pack '" + choice.pack + "' provides " + choice.action, choice.mark, ids);
    }
  }

  void check_root_keys() {
    for (const auto& [key, mark] : workflow_.others) {
      if (catalog_.is_bound_key(key)) continue;
      std::vector<std::string> known = catalog_.bound_keys();
      known.insert(known.end(), std::begin(stage_names), std::end(stage_names));
      known.insert(known.end(),
                   {"version", "name", "description", "profiles", "plugins", "use", "hooks"});
      error("H0206", "unknown key '" + key + "'", mark, report::did_you_mean(key, known));
    }
  }

  // ---- selection
  // -----------------------------------------------------------------------------------------

  void select() {
    for (auto& candidate : candidates_)
      candidate.selected = candidate.stage == command_stage ||
                           std::find(target_.stages.begin(), target_.stages.end(),
                                     candidate.stage) != target_.stages.end();
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t i = 0; i < candidates_.size(); ++i)
        if (candidates_[i].selected && !candidates_[i].expanded) {
          candidates_[i].expanded = true;
          expand(i);
          grown = true;
        }
    }
  }

  /// Pulls in what candidate `i` needs.
  void expand(std::size_t i) {
    const Candidate& candidate = candidates_[i];
    if (!candidate.action) return;
    for (const auto& binding : candidate.action->info->consumes) {
      if (is_given(candidate, binding.property) || takes_record_first(candidate, binding)) continue;
      if (const auto provider = provider_of(i, binding.artifact)) pull(i, *provider);
    }
    for (const auto& reference : candidate.references) {
      if (const auto step = step_of(reference.name))
        pull(i, *step);
      else if (reference.name.find('.') == std::string::npos)
        if (const auto provider = provider_of(i, "env")) pull(i, *provider);
    }
  }

  bool is_given(const Candidate& candidate, const std::string& property) const {
    if (!candidate.written) return target_.command->input.contains(property);
    return std::any_of(candidate.written->parameters.begin(), candidate.written->parameters.end(),
                       [&](const auto& parameter) { return parameter.first == property; });
  }

  bool takes_record_first(const Candidate& candidate, const plugin::Binding& binding) const {
    const bool recorded_first =
        candidate.stage == "destroy" ||
        (candidate.stage == command_stage &&
         (target_.prefers_record ||
          is_marked(candidate.action, binding.property, "x-harbor-recorded")));
    return recorded_first && record_.is_object() && record_.contains(binding.artifact);
  }

  /// The nearest candidate before `i` that publishes `artifact`, selected or of a stage that may be
  /// pulled in.
  std::optional<std::size_t> provider_of(std::size_t i, std::string_view artifact) const {
    const auto found = publishing_.find(artifact);
    if (found == publishing_.end()) return std::nullopt;
    const auto& all = found->second;
    for (auto at = std::lower_bound(all.begin(), all.end(), i); at != all.begin();) {
      const Candidate& earlier = candidates_[*--at];
      if (earlier.selected || is_pullable(earlier.stage)) return *at;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> step_of(std::string_view reference) const {
    if (!reference.starts_with("steps.")) return std::nullopt;
    reference.remove_prefix(6);
    for (auto end = reference.rfind('.'); end != std::string_view::npos && end > 0;
         end = reference.rfind('.', end - 1))
      if (const auto found = by_id_.find(reference.substr(0, end)); found != by_id_.end())
        return found->second;
    return std::nullopt;
  }

  /// A stage's steps pull in whole stages; a command, and destroy, just the steps that they need.
  void pull(std::size_t consumer, std::size_t provider) {
    if (candidates_[provider].selected || provider >= consumer) return;
    const bool slice = candidates_[consumer].stage == command_stage ||
                       candidates_[consumer].stage == "destroy" || sliced_.contains(consumer);
    if (slice) {
      candidates_[provider].selected = true;
      sliced_.insert(provider);
      return;
    }
    for (auto& candidate : candidates_)
      if (candidate.stage == candidates_[provider].stage) candidate.selected = true;
  }

  // ---- binding
  // -------------------------------------------------------------------------------------------

  void add_stage(const std::string& stage) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      if (candidates_[i].selected && candidates_[i].stage == stage) members.push_back(i);
    if (members.empty()) return;
    plan_.stages.push_back(stage);
    const auto order = ordered(members);
    for (const auto i : order) {
      position_[i] = plan_.steps.size();
      plan_.steps.push_back(bind(i));
    }
    for (const auto i : order) {
      auto& after = plan_.steps[position_[i]].after;
      for (const auto before : edges_[i])
        if (const auto found = position_.find(before); found != position_.end())
          after.push_back(found->second);
      std::sort(after.begin(), after.end());
      after.erase(std::unique(after.begin(), after.end()), after.end());
    }
  }

  /// Collects the edges within a stage and sorts its steps: written order wherever the edges leave
  /// a choice.
  std::vector<std::size_t> ordered(const std::vector<std::size_t>& members) {
    std::vector<std::size_t> open;  // steps that the next one without `needs` waits for
    std::set<std::size_t> here(members.begin(), members.end());
    for (const auto i : members) {
      const Candidate& candidate = candidates_[i];
      auto& edges = edges_[i];
      if (candidate.written && candidate.written->needs) {
        for (const auto& [id, mark] : *candidate.written->needs) add_need(i, id, mark, here);
        open.push_back(i);
      } else {
        edges.insert(edges.end(), open.begin(), open.end());
        open = {i};
      }
      add_implied_edges(i, here);
    }
    return sorted(members);
  }

  void add_need(std::size_t i, const std::string& id, const document::Mark& mark,
                const std::set<std::size_t>& here) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
      std::vector<std::string> ids;
      for (const auto& [known, unused] : by_id_) ids.push_back(known);
      return error("H0213", "no step has the id '" + id + "'", mark, report::did_you_mean(id, ids));
    }
    if (here.contains(found->second))
      edges_[i].push_back(found->second);
    else if (found->second > i)
      error("H0213", "step '" + id + "' runs in a later stage", mark);
  }

  void add_implied_edges(std::size_t i, const std::set<std::size_t>& here) {
    const Candidate& candidate = candidates_[i];
    for (const auto& reference : candidate.references)
      if (const auto step = step_of(reference.name); step && here.contains(*step) && *step != i)
        edges_[i].push_back(*step);
    if (!candidate.action) return;
    for (const auto& binding : candidate.action->info->consumes)
      if (!is_given(candidate, binding.property))
        if (const auto provider = provider_of(i, binding.artifact);
            provider && here.contains(*provider))
          edges_[i].push_back(*provider);
  }

  std::vector<std::size_t> sorted(const std::vector<std::size_t>& members) {
    std::map<std::size_t, std::size_t> waiting;
    std::map<std::size_t, std::vector<std::size_t>> followers;
    for (const auto i : members) {
      std::set<std::size_t> unique(edges_[i].begin(), edges_[i].end());
      waiting[i] = unique.size();
      for (const auto before : unique) followers[before].push_back(i);
    }
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (const auto& [i, count] : waiting)
      if (count == 0) ready.push(i);
    std::vector<std::size_t> order;
    while (!ready.empty()) {
      const auto i = ready.top();
      ready.pop();
      order.push_back(i);
      for (const auto next : followers[i])
        if (--waiting[next] == 0) ready.push(next);
    }
    if (order.size() < members.size()) report_cycle(members, order);
    return order;
  }

  void report_cycle(const std::vector<std::size_t>& members,
                    const std::vector<std::size_t>& order) {
    const std::set<std::size_t> done(order.begin(), order.end());
    report::Diagnostic problem = report::diagnose(
        "H0214", "steps wait for one another", {},
        "take out one of the `needs`; a step without `needs` waits for every step above it");
    for (const auto i : members)
      if (!done.contains(i) && candidates_[i].written && problem.labels.size() < 8)
        problem.labels.push_back(
            {span(candidates_[i].written->mark), "step '" + candidates_[i].written->id + "'"});
    diagnostics_.push_back(std::move(problem));
  }

  PlannedStep bind(std::size_t i) {
    const Candidate& candidate = candidates_[i];
    PlannedStep step;
    step.written = candidate.written;
    step.id = candidate.written ? candidate.written->id : target_.command->action;
    step.stage = candidate.stage;
    step.action = candidate.action;
    step.fixed = candidate.written ? json::object() : target_.command->input;
    check_references(i, step);
    if (!candidate.action) return step;
    std::set<std::string> open;
    if (candidate.written) take_parameters(candidate, step, open);
    for (const auto& binding : candidate.action->info->consumes)
      if (!is_given(candidate, binding.property) || is_asked_for(binding.artifact))
        bind_artifact(i, binding, step, open);
    check_input(step, open);
    return step;
  }

  /// What the command line says is stronger than what the descriptor says.
  bool is_asked_for(std::string_view artifact) const {
    return artifact.starts_with(request_prefix) &&
           descriptor_.request.extra.contains(std::string(artifact.substr(request_prefix.size())));
  }

  void take_parameters(const Candidate& candidate, PlannedStep& step, std::set<std::string>& open) {
    for (const auto& [key, value] : candidate.written->parameters) {
      if (is_dynamic(*value) && !is_literal(candidate.action, key)) {
        check_expressions(*value, descriptor_.sources, diagnostics_);
        step.open.push_back({key, value});
        open.insert(key);
      } else {
        step.fixed[key] = document::to_json(*value);
      }
    }
  }

  void bind_artifact(std::size_t i, const plugin::Binding& binding, PlannedStep& step,
                     std::set<std::string>& open) {
    const Candidate& candidate = candidates_[i];
    const std::string_view artifact = binding.artifact;
    constexpr std::string_view descriptor = "descriptor.";
    if (artifact.starts_with(request_prefix)) {
      const auto found = plan_.request.find(std::string(artifact.substr(request_prefix.size())));
      if (found == plan_.request.end() ||
          (found->is_string() && found->get_ref<const std::string&>().empty()))
        return;
      step.fixed[binding.property] = *found;
      std::erase_if(step.open,
                    [&](const Open& parameter) { return parameter.property == binding.property; });
      return;
    }
    if (artifact.starts_with(descriptor)) {
      if (const Value* value = at_path(descriptor_.root, artifact.substr(descriptor.size()))) {
        if (is_dynamic(*value) && !is_literal(candidate.action, binding.property)) {
          step.open.push_back({binding.property, value});
          open.insert(binding.property);
        } else {
          step.fixed[binding.property] = document::to_json(*value);
        }
      }
      return;
    }
    const bool recorded = record_.is_object() && record_.contains(binding.artifact);
    if (!takes_record_first(candidate, binding)) {
      if (const auto provider = provider_of(i, artifact);
          provider && position_.contains(*provider)) {
        step.bound.push_back(
            {binding.property, binding.artifact, binding.required, position_.at(*provider)});
        open.insert(binding.property);
        return;
      }
    }
    const bool may_use_record = candidate.stage == command_stage || candidate.stage == "destroy" ||
                                candidate.stage == "post_deploy";
    if (recorded && may_use_record) {
      step.fixed[binding.property] = record_[binding.artifact];
    } else if (binding.required) {
      report_missing(candidate, binding);
      open.insert(binding.property);
    }
  }

  void report_missing(const Candidate& candidate, const plugin::Binding& binding) {
    const auto publishers = catalog_.publishers(binding.artifact);
    std::string hint;
    for (const auto& name : publishers)
      hint += (hint.empty() ? "it is published by " : " or ") + name;
    if (hint.empty())
      hint = "no pack that is installed publishes it";
    else
      hint += ": add such a step before this one";
    auto problem = report::diagnose("H0216",
                                    candidate.action->info->name + " needs the artifact '" +
                                        binding.artifact + "', and no earlier step provides it",
                                    {}, hint);
    if (candidate.written) problem.labels = {{span(candidate.written->mark), ""}};
    diagnostics_.push_back(std::move(problem));
  }

  void check_references(std::size_t i, PlannedStep& step) {
    for (const auto& reference : candidates_[i].references) {
      const bool plain = reference.name.find('.') == std::string::npos;
      if (plain) step.reads_env = true;
      if (!reference.name.starts_with("steps.")) continue;
      const auto target = step_of(reference.name);
      if (!target) {
        report_unknown_step(reference);
      } else if (!position_.contains(*target) || *target == i) {
        error("H0213", "'" + reference.name + "' refers to a step that has not run by then",
              reference.mark);
      } else {
        check_output_name(*target, reference);
      }
    }
  }

  void report_unknown_step(const Reference& reference) {
    std::vector<std::string> ids;
    for (const auto& [id, unused] : by_id_) ids.push_back(id);
    const auto id = reference.name.substr(6, reference.name.rfind('.') - 6);
    error("H0213", "'" + reference.name + "' names no step", reference.mark,
          report::did_you_mean(id, ids));
  }

  void check_output_name(std::size_t target, const Reference& reference) {
    const Candidate& provider = candidates_[target];
    if (!provider.action) return;
    const auto& schema = provider.action->output->definition();
    const auto properties = schema.find("properties");
    if (properties == schema.end() || properties->empty()) return;
    auto name = std::string_view(reference.name).substr(6 + provider.written->id.size() + 1);
    name = name.substr(0, name.find('.'));
    if (provider.written->for_each || properties->contains(std::string(name))) return;
    std::vector<std::string> names;
    for (const auto& [key, unused] : properties->items()) names.push_back(key);
    auto hint = report::did_you_mean(name, names);
    if (hint.empty())
      for (const auto& key : names) hint += (hint.empty() ? "it has: " : ", ") + key;
    error("H0213", provider.action->info->name + " has no output '" + std::string(name) + "'",
          reference.mark, hint);
  }

  void check_input(const PlannedStep& step, const std::set<std::string>& open) {
    for (const auto& problem : step.action->input->check(step.fixed, open)) {
      report::Diagnostic out = report::diagnose(
          "H0217", step.action->info->name + ": " + message_of(problem), {}, hint_of(problem));
      if (step.written)
        out.labels = {{span(mark_of(*step.written, problem.pointer, problem.at_key)), ""}};
      diagnostics_.push_back(std::move(out));
    }
    // Parameters that are known only later must at least exist.
    const auto& schema = step.action->input->definition();
    const auto& properties = schema.contains("properties") ? schema["properties"] : json::object();
    if (schema.value("additionalProperties", json(true)) != json(false) || !step.written) return;
    for (const auto& parameter : step.open)
      if (!properties.contains(parameter.property)) {
        std::vector<std::string> names;
        for (const auto& [key, unused] : properties.items()) names.push_back(key);
        error("H0217", step.action->info->name + ": unknown key '" + parameter.property + "'",
              mark_of(*step.written, "/" + parameter.property, true),
              report::did_you_mean(parameter.property, names));
      }
  }

  /// An unknown parameter may be a slip for one of the step's own keys.
  static std::string hint_of(const SchemaError& problem) {
    if (!problem.at_key || problem.hint.starts_with("did you mean") ||
        problem.pointer.find('/', 1) != std::string::npos)
      return problem.hint;
    const auto meant = report::did_you_mean(problem.pointer.substr(1), reserved_step_keys());
    return meant.empty() ? problem.hint : meant;
  }

  static std::string message_of(const SchemaError& problem) {
    if (problem.at_key || problem.pointer.empty()) return problem.message;
    return problem.pointer.substr(1) + " " + problem.message;
  }

  /// Points that actions raise. Their steps may use what any step of the plan publishes.
  void add_hooks() {
    for (const Hook& hook : workflow_.hooks) {
      const bool of_stage = std::any_of(hook.steps.begin(), hook.steps.end(),
                                        [](const Step& s) { return !s.stage.empty(); });
      if (of_stage) continue;
      PlannedHook planned{hook.point, {}};
      for (const Step& step : hook.steps) {
        candidates_.push_back({&step, "", resolve_action(step), true, true, {}});
        auto& added = candidates_.back();
        for (const auto& [key, value] : step.parameters)
          if (!is_literal(added.action, key)) collect_references(*value, added.references);
        planned.steps.push_back(bind(candidates_.size() - 1));
      }
      plan_.hooks.push_back(std::move(planned));
    }
  }

  const Descriptor& descriptor_;
  const Workflow& workflow_;
  Catalog& catalog_;
  const Target& target_;
  const json& record_;
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

}  // namespace

bool PlannedStep::has_writes() const noexcept {
  return action && (action->info->effects & HARBOR_FX_WRITES) != 0;
}

bool Plan::has_writes() const noexcept {
  return std::any_of(steps.begin(), steps.end(),
                     [](const PlannedStep& step) { return step.has_writes(); });
}

Plan make_plan(const Descriptor& descriptor, const Workflow& workflow, Catalog& catalog,
               const Target& target, const nlohmann::json& record,
               report::Diagnostics& diagnostics) {
  return Planner(descriptor, workflow, catalog, target, record, diagnostics).plan();
}

}  // namespace harbor::workflow
