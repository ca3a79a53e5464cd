// Where each input of a step comes from.
#include <algorithm>

#include "plan/capability.hpp"
#include "plan/planner.hpp"
#include "report/code_workflow.hpp"
#include "report/suggestion.hpp"

namespace harbor::plan {
using document::Value;
using nlohmann::json;

PlannedStep Planner::bind(std::size_t i) {
  const Candidate& candidate = candidates_[i];
  PlannedStep step = candidate.written ? as_written(*candidate.written) : commanded();
  step.stage = candidate.stage;
  step.otherwise = candidate.otherwise;
  step.continue_on_error |= !step.otherwise.empty();
  check_references(i, step);
  if (!candidate.action) return step;
  step.action = candidate.action->info->name;
  step.pack = candidate.action->pack->id;
  check_capabilities(candidate);
  std::set<std::string> open;
  if (candidate.written) {
    check_stand_ins(candidate);
    take_parameters(candidate, sliced_.contains(i), step, open);
  }
  for (const auto& binding : candidate.action->info->consumes)
    if (!is_given(candidate, binding.property) || is_asked_for(binding.artifact))
      bind_artifact(i, binding, step, open);
  check_input(candidate, step, open);
  step.writes = may_write(*candidate.action, step);
  return step;
}

PlannedStep Planner::as_written(const workflow::Step& written) {
  PlannedStep step;
  step.id = written.id;
  step.mark = written.mark;
  step.places = places_of(written);
  if (written.when) step.when = *written.when;
  if (written.for_each) step.for_each = *written.for_each;
  step.timeout = written.timeout;
  step.retry = written.retry;
  step.continue_on_error = written.continue_on_error;
  return step;
}

PlannedStep Planner::commanded() const {
  PlannedStep step;
  step.id = target_.command->action;
  step.fixed = target_.command->input;
  step.saved = target_.command->saved;
  return step;
}

void Planner::check_capabilities(const Candidate& candidate) {
  for (auto& problem :
       missing_capabilities(*candidate.action->info, catalog_.registry(), workflow_.choices)) {
    if (candidate.written) problem.labels = {{span(candidate.written->mark), ""}};
    diagnostics_.push_back(std::move(problem));
  }
}

bool Planner::is_asked_for(std::string_view artifact) const {
  return artifact.starts_with(request_prefix) &&
         descriptor_.request.extra.contains(std::string(artifact.substr(request_prefix.size())));
}

void Planner::take_parameters(const Candidate& candidate, bool is_slice, PlannedStep& step,
                              std::set<std::string>& open) {
  for (const auto& [key, value] : candidate.written->parameters)
    if (!is_slice || !candidate.action->info->marks(key).writes)
      take_value(candidate, key, *value, step, open);
}

void Planner::take_value(const Candidate& candidate, const std::string& property,
                         const Value& value, PlannedStep& step, std::set<std::string>& open) {
  if (!is_dynamic(value) || is_literal(candidate.action, property)) {
    step.fixed[property] = document::to_json(value);
    return;
  }
  check_expressions(value, descriptor_.sources, diagnostics_);
  step.open.push_back({property, value});
  open.insert(property);
}

void Planner::bind_artifact(std::size_t i, const plugin::Binding& binding, PlannedStep& step,
                            std::set<std::string>& open) {
  const Candidate& candidate = candidates_[i];
  const std::string_view artifact = binding.artifact;
  if (artifact.starts_with(request_prefix)) return bind_request(binding, step);
  if (artifact.starts_with(descriptor_prefix)) {
    if (const Value* value = outside_value(candidate, binding))
      take_value(candidate, binding.property, *value, step, open);
    return;
  }
  // A deploy must never use what an earlier one recorded: it would start yesterday's files. Steps
  // that look or take down are about the running deployment, and that is what was recorded.
  if (!takes_record_first(candidate, binding)) {
    if (const auto provider = provider_of(i, artifact); provider && position_.contains(*provider)) {
      step.bound.push_back(
          {binding.property, binding.artifact, binding.required, position_.at(*provider)});
      open.insert(binding.property);
      return;
    }
  }
  const bool may_use_record = candidate.stage == command_stage ||
                              candidate.stage == destroy_stage ||
                              candidate.stage == "post_deploy" || !candidate.otherwise.empty();
  const auto recorded = record_.artifacts.find(binding.artifact);
  if (may_use_record && recorded != record_.artifacts.end()) {
    step.fixed[binding.property] = *recorded;
  } else if (binding.required) {
    report_missing(candidate, binding);
    // Reported once: the schema does not report an open property as missing.
    open.insert(binding.property);
  }
}

void Planner::bind_request(const plugin::Binding& binding, PlannedStep& step) {
  const auto found = plan_.request.find(binding.artifact.substr(request_prefix.size()));
  if (found == plan_.request.end() ||
      (found->is_string() && found->get_ref<const std::string&>().empty()))
    return;
  step.fixed[binding.property] = *found;
  // The command line wins over an expression that the step has for the same property.
  std::erase_if(step.open,
                [&](const Open& parameter) { return parameter.property == binding.property; });
}

void Planner::report_missing(const Candidate& candidate, const plugin::Binding& binding) {
  const auto publishers = catalog_.publishers(binding.artifact);
  std::string hint;
  for (const auto& name : publishers)
    hint += (hint.empty() ? "it is published by " : " or ") + name;
  if (hint.empty())
    hint = "no pack that is installed publishes it";
  else
    hint += ": add such a step before this one";
  auto problem = report::diagnose(report::code::missing_artifact,
                                  candidate.action->info->name + " needs the artifact '" +
                                      binding.artifact + "', and no earlier step provides it",
                                  {}, hint);
  if (candidate.written) problem.labels = {{span(candidate.written->mark), ""}};
  diagnostics_.push_back(std::move(problem));
}

void Planner::check_references(std::size_t i, PlannedStep& step) {
  for (const auto& reference : candidates_[i].references) {
    // A plain name is a variable, whose value is known only during the run; dotted names can be
    // checked here.
    const bool plain = reference.name.find('.') == std::string::npos;
    if (plain) step.reads_env = true;
    if (!reference.name.starts_with("steps.")) continue;
    const auto target = step_of(reference.name);
    if (!target) {
      report_unknown_step(reference);
    } else if (!position_.contains(*target) || *target == i) {
      error(report::code::bad_reference,
            "'" + reference.name + "' refers to a step that has not run yet", reference.mark);
    } else {
      check_output_name(*target, reference);
    }
  }
}

void Planner::report_unknown_step(const Reference& reference) {
  std::vector<std::string> ids;
  for (const auto& [id, unused] : by_id_) ids.push_back(id);
  const auto id = reference.name.substr(6, reference.name.rfind('.') - 6);
  error(report::code::bad_reference, "'" + reference.name + "' names no step", reference.mark,
        report::did_you_mean(id, ids));
}

void Planner::check_output_name(std::size_t target, const Reference& reference) {
  const Candidate& provider = candidates_[target];
  if (!provider.action) return;
  const auto& schema = provider.action->output->definition();
  const auto properties = schema.find("properties");
  // An action that does not declare its output may output anything.
  if (properties == schema.end() || properties->empty()) return;
  auto name = std::string_view(reference.name).substr(6 + provider.written->id.size() + 1);
  name = name.substr(0, name.find('.'));
  if (provider.written->for_each || properties->contains(std::string(name))) return;
  std::vector<std::string> names;
  for (const auto& [key, unused] : properties->items()) names.push_back(key);
  auto hint = report::did_you_mean(name, names);
  if (hint.empty())
    for (const auto& key : names) hint += (hint.empty() ? "it has: " : ", ") + key;
  error(report::code::bad_reference,
        provider.action->info->name + " has no output '" + std::string(name) + "'", reference.mark,
        hint);
}

void Planner::check_input(const Candidate& candidate, const PlannedStep& step,
                          const std::set<std::string>& open) {
  const auto& name = candidate.action->info->name;
  for (const auto& problem : candidate.action->input->check(step.fixed, open)) {
    auto out = report::diagnose(report::code::invalid_parameter, name + ": " + message_of(problem),
                                plan_.labels(mark_of(step, problem.pointer, problem.at_key)),
                                hint_of(problem));
    diagnostics_.push_back(std::move(out));
  }
  // Parameters that are known only later must at least exist.
  const auto& schema = candidate.action->input->definition();
  const auto& properties = schema.contains("properties") ? schema["properties"] : json::object();
  if (schema.value("additionalProperties", json(true)) != json(false) || !candidate.written) return;
  for (const auto& parameter : step.open)
    if (!properties.contains(parameter.property)) {
      std::vector<std::string> names;
      for (const auto& [key, unused] : properties.items()) names.push_back(key);
      error(report::code::invalid_parameter, name + ": unknown key '" + parameter.property + "'",
            mark_of(step, "/" + parameter.property, true),
            report::did_you_mean(parameter.property, names));
    }
}

void Planner::check_stand_ins(const Candidate& candidate) {
  for (const auto& [key, value] : candidate.written->parameters) {
    const auto& instead = candidate.action->info->marks(key).instead;
    if (!instead.empty() && value->text != "false")
      error(report::code::invalid_parameter,
            candidate.action->info->name + ": " + key + " only works on the command line",
            workflow::mark_of(*candidate.written, "/" + key, true), "write a step of " + instead);
  }
}

std::string Planner::hint_of(const SchemaError& problem) {
  if (!problem.at_key || problem.hint.starts_with("did you mean") ||
      problem.pointer.find('/', 1) != std::string::npos)
    return problem.hint;
  const auto meant =
      report::did_you_mean(problem.pointer.substr(1), workflow::reserved_step_keys());
  return meant.empty() ? problem.hint : meant;
}

std::string Planner::message_of(const SchemaError& problem) {
  if (problem.at_key || problem.pointer.empty()) return problem.message;
  return problem.pointer.substr(1) + " " + problem.message;
}

}  // namespace harbor::plan
