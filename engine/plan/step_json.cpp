#include "plan/step_json.hpp"

#include <limits>

#include "plan/expression_json.hpp"
#include "plan/members.hpp"

namespace harbor::plan {
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

// What the descriptor allows, and what keeps sums of times within their type.
constexpr std::uint64_t longest_time = std::uint64_t{30} * 24 * 3600 * 1000;
constexpr std::uint64_t most_attempts = 100;
constexpr std::uint64_t most_steps = std::numeric_limits<std::uint32_t>::max();

json open_to_json(const std::vector<Open>& open) {
  json out = json::array();
  for (const Open& part : open)
    out.push_back({{"property", part.property}, {"value", expression_to_json(part.value)}});
  return out;
}

json bound_to_json(const std::vector<Bound>& bound) {
  json out = json::array();
  for (const Bound& part : bound)
    out.push_back({{"property", part.property},
                   {"artifact", part.artifact},
                   {"required", part.required},
                   {"step", part.step}});
  return out;
}

json places_to_json(const std::vector<Place>& places) {
  json out = json::array();
  for (const Place& place : places) {
    json row = {{"pointer", place.pointer}, {"at", mark_to_json(place.value)}};
    if (place.key.source != 0) row["key"] = mark_to_json(place.key);
    out.push_back(std::move(row));
  }
  return out;
}

void read_input(const Members& read, std::size_t sources, PlannedStep& step) {
  step.fixed = read.object("fixed");
  for (std::size_t i = 0; const json& row : read.list("open")) {
    const Members part(row, read.at("open") + "/" + std::to_string(i++), {"property", "value"});
    step.open.push_back({part.text("property"),
                         expression_from_json(part.need("value"), part.at("value"), sources)});
  }
  for (std::size_t i = 0; const json& row : read.list("bound")) {
    const Members part(row, read.at("bound") + "/" + std::to_string(i++),
                       {"property", "artifact", "required", "step"});
    step.bound.push_back({part.text("property"), part.name("artifact"), part.flag("required"),
                          part.number("step", most_steps)});
  }
}

void read_conduct(const Members& read, std::size_t sources, PlannedStep& step) {
  if (const json* when = read.find("when"))
    step.when = expression_from_json(*when, read.at("when"), sources);
  if (const json* items = read.find("forEach"))
    step.for_each = expression_from_json(*items, read.at("forEach"), sources);
  if (read.find("timeout")) step.timeout = milliseconds(read.number("timeout", longest_time));
  if (const json* retry = read.find("retry")) {
    const Members part(*retry, read.at("retry"), {"attempts", "backoff"});
    step.retry.attempts = static_cast<unsigned>(part.number("attempts", most_attempts));
    // A step that is never tried would have no outcome.
    if (step.retry.attempts == 0) refuse_plan(part.at("attempts"), "at least 1 is expected");
    step.retry.backoff = milliseconds(part.number("backoff", longest_time));
  }
  for (const json& before : read.list("after"))
    step.after.push_back(number_of(before, read.at("after"), most_steps));
}

void read_places(const Members& read, std::size_t sources, PlannedStep& step) {
  if (const json* mark = read.find("at")) step.mark = mark_from_json(*mark, read.at("at"), sources);
  for (std::size_t i = 0; const json& row : read.list("places")) {
    const Members part(row, read.at("places") + "/" + std::to_string(i++),
                       {"pointer", "at", "key"});
    Place place{part.name("pointer"), {}, mark_from_json(part.need("at"), part.at("at"), sources)};
    if (const json* key = part.find("key"))
      place.key = mark_from_json(*key, part.at("key"), sources);
    step.places.push_back(std::move(place));
  }
}

void read_saved(const Members& read, PlannedStep& step) {
  step.undoes = read.flag("undoes");
  if (const json* saved = read.find("saved")) {
    const Members part(*saved, read.at("saved"), {"step", "action", "state"});
    step.saved = SavedState{part.name("step"), part.name("action"), part.need("state")};
  } else if (step.undoes) {
    refuse_plan(read.at(), "it undoes something and has no 'saved'");
  }
}

}  // namespace

json step_to_json(const PlannedStep& step) {
  json out = {{"id", step.id},
              {"stage", step.stage},
              {"action", step.action},
              {"pack", step.pack},
              {"fixed", step.fixed}};
  const auto add = [&](const char* key, json value) {
    if (!value.empty()) out[key] = std::move(value);
  };
  add("open", open_to_json(step.open));
  add("bound", bound_to_json(step.bound));
  add("after", step.after);
  add("places", places_to_json(step.places));
  for (const auto& [key, flag] : {std::pair{"writes", step.writes},
                                  {"readsEnv", step.reads_env},
                                  {"continueOnError", step.continue_on_error},
                                  {"undoes", step.undoes}})
    if (flag) out[key] = true;
  if (step.mark.source != 0) out["at"] = mark_to_json(step.mark);
  if (step.when) out["when"] = expression_to_json(*step.when);
  if (!step.otherwise.empty()) out["otherwise"] = step.otherwise;
  if (step.for_each) out["forEach"] = expression_to_json(*step.for_each);
  if (step.timeout) out["timeout"] = step.timeout->count();
  if (step.retry.attempts != 1)
    out["retry"] = {{"attempts", step.retry.attempts}, {"backoff", step.retry.backoff.count()}};
  if (step.saved)
    out["saved"] = {
        {"step", step.saved->step}, {"action", step.saved->action}, {"state", step.saved->state}};
  return out;
}

PlannedStep step_from_json(const json& value, const std::string& at, std::size_t sources) {
  const Members read(value, at, {"id",    "stage",   "action",  "pack",   "writes",
                                 "fixed", "open",    "bound",   "after",  "readsEnv",
                                 "when",  "forEach", "timeout", "retry",  "continueOnError",
                                 "at",    "places",  "saved",   "undoes", "otherwise"});
  PlannedStep step;
  step.id = read.name("id");
  step.stage = read.text("stage");
  step.action = read.name("action");
  step.pack = read.name("pack");
  step.writes = read.flag("writes");
  step.reads_env = read.flag("readsEnv");
  step.continue_on_error = read.flag("continueOnError");
  if (read.find("otherwise")) step.otherwise = read.name("otherwise");
  read_input(read, sources, step);
  read_conduct(read, sources, step);
  read_places(read, sources, step);
  read_saved(read, step);
  return step;
}

}  // namespace harbor::plan
