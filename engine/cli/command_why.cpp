// why: where a value comes from.
#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

/// An artifact and a JSON pointer into it, read from a dotted name. Keys may hold dots themselves:
/// the pointer is found by walking the value.
struct Place {
  std::string artifact;
  std::string pointer;
  const json* value = nullptr;
};

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

bool walk(const json& value, std::string_view path, std::string& pointer, const json*& found) {
  if (path.empty()) {
    found = &value;
    return true;
  }
  if (value.is_array()) {
    const auto dot = path.find('.');
    const auto word = path.substr(0, dot);
    if (word.empty() || word.find_first_not_of("0123456789") != std::string_view::npos ||
        word.size() > 6)
      return false;
    const auto index = std::stoul(std::string(word));
    if (index >= value.size()) return false;
    pointer += "/" + std::string(word);
    return walk(value[index],
                dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1), pointer,
                found);
  }
  if (!value.is_object()) return false;
  for (auto dot = path.size();; dot = path.rfind('.', dot - 1)) {
    if (dot == std::string_view::npos || dot == 0) return false;
    const auto key = path.substr(0, dot);
    if (const auto member = value.find(std::string(key)); member != value.end()) {
      const auto before = pointer.size();
      pointer += "/" + escaped(key);
      if (walk(*member, dot == path.size() ? std::string_view() : path.substr(dot + 1), pointer,
               found))
        return true;
      pointer.resize(before);
    }
  }
}

/// Names that artifacts go by on this command line: as they are, or without their last word
/// ("stack.file" is `stack`).
std::vector<Place> find_places(const run::RunReport& report, const std::string& name) {
  std::vector<Place> variables;
  for (const auto& [artifact, origin] : report.origins) {
    if (!report.artifacts.contains(artifact)) continue;
    for (const std::string& alias : {artifact, artifact.substr(0, artifact.rfind('.'))}) {
      if (name != alias && !name.starts_with(alias + ".")) continue;
      Place place{artifact, "", nullptr};
      const auto rest = name.size() > alias.size() ? std::string_view(name).substr(alias.size() + 1)
                                                   : std::string_view();
      if (walk(report.artifacts[artifact], rest, place.pointer, place.value)) return {place};
    }
    // A bare name is a variable, of all services or of some.
    Place place{artifact, "", nullptr};
    if (artifact == "env" && walk(report.artifacts[artifact], name, place.pointer, place.value))
      variables.insert(variables.begin(), place);
    if (artifact == "env.services")
      for (const auto& [service, values] : report.artifacts[artifact].items()) {
        Place own{artifact, "/" + escaped(service), nullptr};
        if (walk(values, name, own.pointer, own.value)) variables.push_back(own);
      }
  }
  return variables;
}

/// The links of the closest part that has any.
json chain_of(const run::RunReport& report, const std::string& artifact, std::string pointer) {
  const auto origin = report.origins.find(artifact);
  if (origin == report.origins.end()) return json::array();
  while (!origin->second.contains(pointer) && !pointer.empty()) pointer.resize(pointer.rfind('/'));
  return origin->second.value(pointer, json::array());
}

json described(const run::RunReport& report, const Place& place) {
  // A variable of one service is used by its name.
  const bool is_own =
      place.artifact == "env.services" && place.pointer.find('/', 1) != std::string::npos;
  const auto used = is_own ? place.pointer.substr(place.pointer.find('/', 1)) : place.pointer;
  return {{"artifact", place.artifact},
          {"pointer", place.pointer},
          {"value", *place.value},
          {"chain", chain_of(report, place.artifact, place.pointer)},
          {"used_by", chain_of(report, is_own ? "env.uses" : place.artifact + ".uses", used)}};
}

std::string where(const json& link) {
  std::string out = link.value("file", "");
  if (link.value("line", 0) > 0) out += ":" + std::to_string(link.value("line", 0));
  if (link.value("line", 0) > 0 && link.value("column", 0) > 0)
    out += ":" + std::to_string(link.value("column", 0));
  return out;
}

void print_chain(Invocation& call, const std::string& name, const json& chain) {
  const bool strike = call.view.color && call.context.out_is_terminal;
  auto& out = *call.context.out;
  out << name << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& link : chain) {
    const bool over = link.value("overridden", false);
    auto value =
        link.contains("value")
            ? (link["value"].is_string() ? link["value"].get<std::string>() : link["value"].dump())
            : "";
    if (over && strike) value = "\033[9m" + value + "\033[29m";
    rows.push_back({over ? "  -" : "  =", where(link), link.value("layer", ""), value});
  }
  print_table(out, {}, rows);
}

void print_uses(const Invocation& call, const json& uses) {
  if (uses.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const auto& use : uses) rows.push_back({"  " + where(use), use.value("by", "")});
  *call.context.out << "used by\n";
  print_table(*call.context.out, {}, rows);
}

}  // namespace

int why(Invocation& call) {
  if (call.arguments.words.empty())
    throw report::Error(report::diagnose(report::code::bad_usage, "why takes a name", {},
                                         "for example `harbor why env.HOME`"));
  const auto& name = call.arguments.words.front();
  const auto workspace =
      open_workspace(call, "why", {call.arguments.words.begin() + 1, call.arguments.words.end()});
  // Chains of everything may be dear; an action may look after this one alone.
  workspace->descriptor.request.extra["subject"] = name;
  plan::Target target;
  target.stages = {"source", "prepare"};
  const auto report = conduct(call, *workspace, target, {.mode = run::Mode::preview}, false);
  if (report.exit() != ExitStatus::done) {
    print_diagnostics(call, report.diagnostics);
    return static_cast<int>(report.exit());
  }
  const auto places = find_places(report, name);
  if (places.empty()) {
    std::vector<std::string> known;
    for (const auto& [artifact, origin] : report.origins)
      for (const auto& [pointer, chain] : origin.items()) {
        if (artifact.ends_with(".uses")) continue;
        known.push_back(artifact + pointer);
        std::replace(known.back().begin(), known.back().end(), '/', '.');
        if (artifact == "env") known.push_back(pointer.substr(1));
      }
    auto hint = report::did_you_mean(name, known);
    if (hint.empty()) {
      for (const auto& [artifact, origin] : report.origins)
        if (!artifact.ends_with(".uses"))
          hint += (hint.empty() ? "origins are known of: " : ", ") + artifact;
    }
    throw report::Error(report::diagnose(report::code::unknown_subject,
                                         "nothing is known of '" + name + "'", {}, hint));
  }
  if (call.arguments.has("json")) {
    auto out = described(report, places.front());
    out["name"] = name;
    out["also"] = json::array();
    for (auto place = places.begin() + 1; place != places.end(); ++place)
      out["also"].push_back(described(report, *place));
    print_json(*call.context.out, out);
    return 0;
  }
  for (const Place& place : places) {
    const auto all = described(report, place);
    const bool is_service = place.artifact == "env.services" && name.find('.') == std::string::npos;
    const auto title =
        is_service ? name + " of " + place.pointer.substr(1, place.pointer.find('/', 1) - 1) : name;
    print_chain(call, title, all["chain"]);
    print_uses(call, all["used_by"]);
  }
  return 0;
}

}  // namespace harbor::cli
