// Which candidates the target needs.
#include <algorithm>

#include "plan/planner.hpp"

namespace harbor::plan {
using document::Value;

namespace {

const Value* at_path(const Value& root, std::string_view path) {
  const Value* value = &root;
  while (value && !path.empty()) {
    const auto dot = path.find('.');
    value = value->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

}  // namespace

void Planner::select() {
  for (auto& candidate : candidates_)
    candidate.selected = candidate.stage == command_stage || target_.has_stage(candidate.stage);
  // A candidate that is pulled in has needs of its own, so this repeats until nothing changes. Each
  // round selects at least one candidate, or finds one to be needed after all, so the loop ends.
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

void Planner::expand(std::size_t i) {
  const Candidate& candidate = candidates_[i];
  if (!candidate.action) return;
  for (const auto& binding : candidate.action->info->consumes) {
    if (is_given(candidate, binding.property) || takes_record_first(candidate, binding)) continue;
    if (const auto provider = provider_of(i, binding.artifact))
      pull(i, *provider, binding.otherwise.empty() ? candidate.otherwise : binding.otherwise);
  }
  for (const auto& reference : candidate.references) {
    if (const auto step = step_of(reference.name))
      pull(i, *step, candidate.otherwise);
    else if (reference.name.find('.') == std::string::npos)
      // A plain name is a variable, and variables are the artifact `env`.
      if (const auto provider = provider_of(i, "env")) pull(i, *provider, candidate.otherwise);
  }
}

const Value* Planner::outside_value(const Candidate& candidate,
                                    const plugin::Binding& binding) const {
  const std::string_view artifact = binding.artifact;
  if (!artifact.starts_with(descriptor_prefix) || is_given(candidate, binding.property))
    return nullptr;
  return at_path(descriptor_.root, artifact.substr(descriptor_prefix.size()));
}

bool Planner::is_given(const Candidate& candidate, const std::string& property) const {
  if (!candidate.written) return target_.command->input.contains(property);
  return std::any_of(candidate.written->parameters.begin(), candidate.written->parameters.end(),
                     [&](const auto& parameter) { return parameter.first == property; });
}

bool Planner::takes_record_first(const Candidate& candidate, const plugin::Binding& binding) const {
  const bool recorded_first =
      candidate.stage == destroy_stage || !candidate.otherwise.empty() ||
      (candidate.stage == command_stage && (target_.prefers_record || binding.recorded));
  return recorded_first && record_.artifacts.contains(binding.artifact);
}

std::optional<std::size_t> Planner::provider_of(std::size_t i, std::string_view artifact) const {
  const auto found = publishing_.find(artifact);
  if (found == publishing_.end()) return std::nullopt;
  const auto& all = found->second;
  // Backwards: with two publishers, a step uses the closest one above it, as with variables.
  for (auto at = std::lower_bound(all.begin(), all.end(), i); at != all.begin();) {
    const Candidate& earlier = candidates_[*--at];
    if (earlier.selected || workflow::only_prepares(earlier.stage)) return *at;
  }
  return std::nullopt;
}

std::optional<std::size_t> Planner::step_of(std::string_view reference) const {
  if (!reference.starts_with("steps.")) return std::nullopt;
  reference.remove_prefix(6);
  // Both an id (made from an action's name) and the path into the output may contain dots: the
  // longest id wins.
  for (auto end = reference.rfind('.'); end != std::string_view::npos && end > 0;
       end = reference.rfind('.', end - 1))
    if (const auto found = by_id_.find(reference.substr(0, end)); found != by_id_.end())
      return found->second;
  return std::nullopt;
}

void Planner::pull(std::size_t consumer, std::size_t provider, const std::string& otherwise) {
  if (provider >= consumer) return;
  if (candidates_[provider].selected) {
    // It is needed after all, and so is what it needs.
    if (otherwise.empty() && !candidates_[provider].otherwise.empty()) {
      candidates_[provider].otherwise.clear();
      candidates_[provider].expanded = false;
    }
    return;
  }
  const bool slice = candidates_[consumer].stage == command_stage ||
                     candidates_[consumer].stage == destroy_stage || sliced_.contains(consumer);
  if (slice) {
    candidates_[provider].selected = true;
    candidates_[provider].otherwise = otherwise;
    sliced_.insert(provider);
    return;
  }
  // Authors see a stage as a whole: a deploy that ran half of `prepare` because only half of it
  // publishes something would be a surprise. Commands that only look must not cost that much.
  for (auto& candidate : candidates_)
    if (candidate.stage == candidates_[provider].stage) candidate.selected = true;
}

}  // namespace harbor::plan
