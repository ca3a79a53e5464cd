#include "cli/face.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

#include "cli/result.hpp"
#include "cli/schema_option.hpp"
#include "report/code_command.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

json property_of(const plugin::ActionInfo& action, const std::string& name) {
  const auto schema = json::parse(action.input_schema, nullptr, false);
  return schema.is_object() ? schema.value("properties", json::object()).value(name, json::object())
                            : json::object();
}

/// Positional arguments, put into their properties; those bound to `request.services` go into the
/// request instead.
struct Positionals {
  json input = json::object();
  std::vector<std::string> services;
};

Positionals positionals(const plugin::ActionInfo& action, const std::vector<std::string>& words) {
  Positionals out;
  auto at = words.begin();
  for (const auto& name : action.face->args) {
    const auto property = property_of(action, name);
    const bool list = property.value("type", json("string")) == "array";
    std::vector<std::string> taken;
    while (at != words.end() && (list || taken.empty())) taken.push_back(*at++);
    const auto* artifact = action.consumed(name);
    if (artifact && artifact->artifact == "request.services")
      out.services = taken;
    else if (list && !taken.empty())
      out.input[name] = taken;
    else if (!list && !taken.empty())
      out.input[name] = taken.front();
  }
  if (at != words.end())
    throw report::Error(
        report::diagnose(report::code::bad_usage, "'" + *at + "' is one argument too many", {},
                         "usage: harbor " + action.face->command + " " + usage_of(action)));
  return out;
}

/// The action that an option of the face calls instead, or nothing.
const plugin::ActionInfo* stand_in(const plugin::ActionInfo& action, const json& input,
                                   plan::Catalog& catalog) {
  for (const auto& [name, value] : input.items()) {
    const auto& instead = action.marks(name).instead;
    if (instead.empty() || value == json(false)) continue;
    auto found = catalog.find(instead);
    if (found.problem) throw report::Error(std::move(*found.problem));
    return found.action->info;
  }
  return nullptr;
}

bool takes(const plugin::ActionInfo& action, const SchemaOption& option) {
  return std::any_of(
      action.consumes.begin(), action.consumes.end(),
      [&](const plugin::Binding& one) { return one.artifact == "request." + option.property; });
}

/// Whether an option of the request can have an effect on the command. Steps that only prepare may
/// be part of it; a step that changes what runs never is, so its options belong to its own command.
bool may_take(const plugin::ActionInfo& action, const SchemaOption& option,
              const plugin::Registry& registry) {
  if (takes(action, option)) return true;
  const auto& all = registry.actions();
  return std::any_of(all.begin(), all.end(), [&](const auto& named) {
    const plugin::ActionInfo& other = *named.second.action;
    return !(other.effects & HARBOR_FX_WRITE_HOST) && takes(other, option);
  });
}

/// The part of the input that the other action knows.
json input_for(const plugin::ActionInfo& action, const json& input) {
  json out = json::object();
  const auto schema = json::parse(action.input_schema, nullptr, false);
  const auto known =
      schema.is_object() ? schema.value("properties", json::object()) : json::object();
  for (const auto& [name, value] : input.items())
    if (known.contains(name)) out[name] = value;
  return out;
}

}  // namespace

std::optional<FaceMatch> find_face(const plugin::Registry& registry,
                                   const std::vector<std::string>& words) {
  std::optional<FaceMatch> best;
  for (const auto& [name, provider] : registry.actions()) {
    if (!provider.action->face) continue;
    const auto face = words_of(provider.action->face->command);
    const bool matches =
        face.size() <= words.size() && std::equal(face.begin(), face.end(), words.begin());
    if (matches && !face.empty() && (!best || face.size() > best->words))
      best = FaceMatch{provider.action, face.size()};
  }
  return best;
}

std::vector<OptionSpec> options_of_face(Invocation& call, const plugin::ActionInfo& action) {
  auto specs = specs_of(face_options(action));
  for (const SchemaOption& option : request_options_of(call))
    if (may_take(action, option, packs_of(call)) &&
        std::none_of(specs.begin(), specs.end(),
                     [&](const OptionSpec& own) { return own.name == option.spec.name; }))
      specs.push_back(option.spec);
  return specs;
}

std::string usage_of(const plugin::ActionInfo& action) {
  std::string out;
  const auto schema = json::parse(action.input_schema, nullptr, false);
  const auto required =
      schema.is_object() ? schema.value("required", json::array()) : json::array();
  for (const auto& name : action.face->args) {
    const auto property = property_of(action, name);
    const bool list = property.value("type", json("string")) == "array";
    std::string word =
        name.size() > 1 && list && name.back() == 's' ? name.substr(0, name.size() - 1) : name;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    if (list) word += "...";
    if (std::find(required.begin(), required.end(), name) == required.end())
      word = "[" + word + "]";
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

int run_face(Invocation& call, const plugin::ActionInfo& action) {
  const auto& arguments = call.arguments;
  auto [input, services] = positionals(action, arguments.words);
  input.update(values_of(face_options(action), arguments));
  const auto workspace = open_workspace(call, action.face->command, std::move(services));
  const auto* other = stand_in(action, input, *workspace->catalog);
  const auto& called = other ? *other : action;
  plan::Target target;
  target.command =
      plan::Target::Command{called.name, other ? input_for(*other, input) : std::move(input)};
  const bool looks_only = !(called.effects & HARBOR_FX_WRITES);
  // A program that the user talks to has the screen to itself.
  const bool is_watched = !action.face->verbatim && (!looks_only || arguments.has("verbose"));
  const auto report = conduct(
      call, *workspace, target,
      {.may_attach = !arguments.has("json"), .is_recorded = !action.face->verbatim}, is_watched);
  auto& out = *call.context.out;
  const auto& step = report.steps.back();
  if (arguments.has("json")) {
    const auto output = step.output.is_object() ? step.output : json::object();
    print_json(out, report.exit() == ExitStatus::done ? output : to_json(report));
  } else {
    if (!is_watched) print_diagnostics(call, report.diagnostics);
    const auto& result = action.face->print;
    if (!result.empty() && step.output.is_object() && step.output.contains(result))
      print_results(out, json{{result, step.output[result]}});
  }
  if (report.exit() == ExitStatus::done && !action.face->exit.empty() && step.output.is_object())
    return step.output.value(action.face->exit, 0);
  return static_cast<int>(report.exit());
}

}  // namespace harbor::cli
