#include "store/record.hpp"

#include <type_traits>

namespace harbor::store {
using nlohmann::json;

namespace {

/// The member of that name when it can be read as `Value`, else the default. A journal may come
/// from another version, so a type that is not the expected one is no reason to give up on the
/// rest.
template <class Value>
void take(const json& from, const char* name, Value& into) {
  const auto member = from.find(name);
  if (member == from.end()) return;
  if constexpr (std::is_same_v<Value, json>) {
    into = *member;
  } else if constexpr (std::is_same_v<Value, std::string>) {
    if (member->is_string()) into = member->get<std::string>();
  } else if constexpr (std::is_arithmetic_v<Value>) {
    if (member->is_number()) into = member->get<Value>();
  } else {
    if (!member->is_array()) return;
    for (const json& item : *member)
      if (item.is_string()) into.push_back(item.get<std::string>());
  }
}

// What follows names the members of each kind once for both directions: `Visit` either takes them
// from JSON or puts them there.
template <class Visit>
void members(RunStarted& record, const Visit& visit) {
  visit("format", record.format);
  visit("command", record.command);
  visit("stages", record.stages);
  visit("request", record.request);
  visit("pid", record.pid);
}
template <class Visit>
void members(StepIntent& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
  visit("attempt", record.attempt);
}
template <class Visit>
void members(StepResult& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
  visit("attempt", record.attempt);
  visit("outcome", record.outcome);
  visit("code", record.code);
  visit("message", record.message);
  visit("input", record.input);
  visit("output", record.output);
  visit("detail", record.detail);
}
template <class Visit>
void members(StepLog& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
  visit("level", record.level);
  visit("text", record.text);
  visit("fields", record.fields);
}
template <class Visit>
void members(StateSaved& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
  visit("serial", record.serial);
}
template <class Visit>
void members(ArtifactRecorded& record, const Visit& visit) {
  visit("artifact", record.artifact);
  visit("step", record.step);
  visit("action", record.action);
  visit("serial", record.serial);
}
template <class Visit>
void members(StepUndone& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
}
template <class Visit>
void members(StateForgotten& record, const Visit& visit) {
  visit("step", record.step);
  visit("action", record.action);
}
template <class Visit>
void members(StepSummary& record, const Visit& visit) {
  visit("id", record.id);
  visit("stage", record.stage);
  visit("action", record.action);
  visit("outcome", record.outcome);
  visit("seconds", record.seconds);
}
template <class Visit>
void members(RunFinished& record, const Visit& visit) {
  visit("outcome", record.outcome);
  visit("seconds", record.seconds);
}

/// The word for each kind, in the order of the variant.
constexpr std::string_view kinds[] = {"run_started", "step_intent",     "step_result",
                                      "step_log",    "state_saved",     "artifact",
                                      "step_undone", "state_forgotten", "run_finished"};
static_assert(std::size(kinds) + 1 == std::variant_size_v<Record>);

template <class Kind>
json members_of(Kind record) {
  json out = json::object();
  members(record, [&](const char* name, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, json>)
      if (value.is_null()) return;
    out[name] = value;
  });
  return out;
}

template <class Kind>
Kind read_members(const json& value) {
  Kind record{};
  members(record, [&](const char* name, auto& into) { take(value, name, into); });
  return record;
}

template <std::size_t Kind = 0>
Record read_kind(std::string_view word, const json& value) {
  if constexpr (Kind == std::size(kinds)) {
    return UnknownRecord{value};
  } else if (word != kinds[Kind]) {
    return read_kind<Kind + 1>(word, value);
  } else {
    auto record = read_members<std::variant_alternative_t<Kind, Record>>(value);
    if constexpr (std::is_same_v<decltype(record), RunStarted>)
      if (!value.contains("format")) record.format = 0;
    if constexpr (std::is_same_v<decltype(record), RunFinished>)
      if (const auto steps = value.find("steps"); steps != value.end() && steps->is_array())
        for (const json& step : *steps)
          if (step.is_object()) record.steps.push_back(read_members<StepSummary>(step));
    return record;
  }
}

using Mask = std::function<std::string(std::string_view)>;

/// `has_schema`: the keys of `value` are words of the action's schema, else they are data.
void mask_texts(json& value, const Mask& mask, bool has_schema = false) {
  if (value.is_string()) {
    value = mask(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (json& item : value) mask_texts(item, mask);
  } else if (value.is_object()) {
    if (value.size() == 1 && value.contains("$secret")) return;  // a reference, and no secret
    json masked = json::object();
    for (auto& [key, item] : value.items()) {
      mask_texts(item, mask);
      masked[has_schema ? key : mask(key)] = std::move(item);
    }
    value = std::move(masked);
  }
}

}  // namespace

json to_json(const Record& record) {
  if (const auto* unknown = std::get_if<UnknownRecord>(&record)) return unknown->value;
  json out = std::visit(
      [](const auto& kind) {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, UnknownRecord>)
          return kind.value;
        else
          return members_of(kind);
      },
      record);
  out["event"] = kinds[record.index()];
  if (const auto* finished = std::get_if<RunFinished>(&record)) {
    out["steps"] = json::array();
    for (const StepSummary& step : finished->steps) out["steps"].push_back(members_of(step));
  }
  return out;
}

Record record_from(const json& value) {
  std::string kind;
  if (value.is_object()) take(value, "event", kind);
  return read_kind(kind, value);
}

void mask_free_text(Record& record, const std::function<std::string(std::string_view)>& mask) {
  if (auto* line = std::get_if<StepLog>(&record)) {
    line->text = mask(line->text);
    mask_texts(line->fields, mask);
  }
  auto* result = std::get_if<StepResult>(&record);
  if (!result) return;
  result->message = mask(result->message);
  mask_texts(result->input, mask, true);
  mask_texts(result->output, mask, true);
  mask_texts(result->detail, mask);
}

}  // namespace harbor::store
