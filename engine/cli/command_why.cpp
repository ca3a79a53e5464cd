// why: where a value comes from.
#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "cli/subject.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

json to_json(const Subject& subject) {
  return {{"artifact", subject.artifact},
          {"pointer", subject.pointer},
          {"value", *subject.value},
          {"chain", subject.chain},
          {"used_by", subject.uses}};
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

[[noreturn]] void report_unknown(const run::RunReport& report,
                                 const std::vector<plugin::Naming>& namings,
                                 const std::string& name) {
  auto hint = report::did_you_mean(name, known_subjects(report, namings));
  if (hint.empty())
    for (const auto& [artifact, origin] : report.origins)
      if (!artifact.ends_with(".uses"))
        hint += (hint.empty() ? "origins are known of: " : ", ") + artifact;
  throw report::Error(report::diagnose(report::code::unknown_subject,
                                       "nothing is known about '" + name + "'", {}, hint));
}

}  // namespace

int why(Invocation& call) {
  if (call.arguments.words.empty())
    throw report::Error(report::diagnose(report::code::bad_usage, "why takes a name", {},
                                         "for example `harbor why env.HOME`"));
  const auto& name = call.arguments.words.front();
  const auto workspace =
      open_workspace(call, "why", {call.arguments.words.begin() + 1, call.arguments.words.end()});
  // The origins of everything may be expensive; an action may look for this one only.
  workspace->descriptor.request.extra["subject"] = name;
  plan::Target target;
  target.stages = {"source", "prepare"};
  const auto report = conduct(call, *workspace, target, {.mode = run::Mode::preview}, false);
  if (report.exit() != ExitStatus::done) {
    print_diagnostics(call, report.diagnostics);
    return static_cast<int>(report.exit());
  }
  const auto namings = namings_of(*workspace->registry, report);
  const auto subjects = find_subjects(report, namings, name);
  if (subjects.empty()) report_unknown(report, namings, name);
  if (call.arguments.has("json")) {
    auto out = to_json(subjects.front());
    out["name"] = name;
    out["also"] = json::array();
    for (auto also = subjects.begin() + 1; also != subjects.end(); ++also)
      out["also"].push_back(to_json(*also));
    print_json(*call.context.out, out);
    return 0;
  }
  for (const Subject& subject : subjects) {
    print_chain(call, subject.owner.empty() ? name : name + " of " + subject.owner, subject.chain);
    print_uses(call, subject.uses);
  }
  return 0;
}

}  // namespace harbor::cli
