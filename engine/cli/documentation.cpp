#include "cli/documentation.hpp"

#include <harbor/plugin.h>

#include <algorithm>
#include <ostream>

#include "cli/face.hpp"
#include "cli/path_program.hpp"
#include "cli/result.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string shown(const OptionSpec& spec) {
  std::string out = spec.letter ? std::string("-") + spec.letter + ", " : "    ";
  out += "--" + spec.name;
  if (!spec.value.empty()) out += " " + spec.value;
  return out;
}

void print_options(std::ostream& out, const std::vector<OptionSpec>& own) {
  Rows rows;
  for (const auto& spec : own) rows.push_back({"  " + shown(spec), spec.doc});
  if (!rows.empty()) {
    out << "\nOptions\n";
    print_table(out, {}, rows);
  }
  rows.clear();
  for (const auto& spec : global_options()) {
    const bool replaced = std::any_of(
        own.begin(), own.end(), [&](const OptionSpec& mine) { return mine.name == spec.name; });
    auto copy = spec;
    if (std::any_of(own.begin(), own.end(), [&](const OptionSpec& mine) {
          return mine.letter && mine.letter == spec.letter;
        }))
      copy.letter = 0;
    if (!replaced) rows.push_back({"  " + shown(copy), copy.doc});
  }
  out << "\nOptions of every command\n";
  print_table(out, {}, rows);
}

std::string type_text(const json& property) {
  if (property.contains("enum")) {
    std::string out;
    for (const auto& value : property["enum"])
      out +=
          (out.empty() ? "" : "|") + (value.is_string() ? value.get<std::string>() : value.dump());
    return out;
  }
  const auto type = property.find("type");
  if (type == property.end()) return "any";
  std::string out;
  for (const auto& word : type->is_array() ? *type : json::array({*type}))
    out += (out.empty() ? "" : " or ") + word.get<std::string>();
  if (out == "array" && property.contains("items") && property["items"].contains("type") &&
      property["items"]["type"].is_string())
    out = "list of " + property["items"]["type"].get<std::string>();
  return out;
}

std::string notes(const std::string& name, const json& property, const json& required,
                  const plugin::Binding* from, const plugin::Binding* as) {
  std::string out = property.value("description", "");
  const auto add = [&](const std::string& text) {
    out += (out.empty() ? "" : out.back() == '.' ? " " : "; ") + text;
  };
  if (from) add("default: the artifact `" + from->artifact + "`");
  if (property.contains("default")) add("default: " + property["default"].dump());
  if (std::find(required.begin(), required.end(), name) != required.end()) add("required");
  if (as) add("published as `" + as->artifact + "`");
  return out;
}

enum class Side { input, output };

void print_properties(std::ostream& out, const plugin::ActionInfo& action, Side side) {
  const bool is_input = side == Side::input;
  const auto& text = is_input ? action.input_schema : action.output_schema;
  const auto schema = json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (!schema.is_object()) return;
  Rows rows;
  const auto required = schema.value("required", json::array());
  for (const json all = schema.value("properties", json::object());
       const auto& [name, property] : all.items())
    if (property.is_object())
      rows.push_back({"  " + name, type_text(property),
                      notes(name, property, required, is_input ? action.consumed(name) : nullptr,
                            is_input ? nullptr : action.published(name))});
  if (rows.empty()) return;
  out << '\n' << (is_input ? "Parameters" : "Outputs") << '\n';
  print_table(out, {}, rows);
}

std::string effects_text(std::uint64_t effects) {
  static const std::pair<std::uint64_t, const char*> names[] = {
      {HARBOR_FX_READ_WORKSPACE, "reads the project"},
      {HARBOR_FX_WRITE_WORKSPACE, "writes into the project"},
      {HARBOR_FX_READ_HOST, "reads the machine"},
      {HARBOR_FX_WRITE_HOST, "changes the machine"},
      {HARBOR_FX_NETWORK, "uses the network"},
      {HARBOR_FX_EXEC, "starts processes"},
      {HARBOR_FX_SECRETS, "handles secrets"},
      {HARBOR_FX_PRIVILEGED, "needs privileges"}};
  std::string out;
  for (const auto& [bit, name] : names)
    if (effects & bit) out += (out.empty() ? "" : ", ") + std::string(name);
  return out.empty() ? "none" : out;
}

}  // namespace

void print_overview(Invocation& call) {
  auto& out = *call.context.out;
  out << "Harbor runs stacks of services as a descriptor, etc/harbor.yaml, says.\n\nUsage: harbor "
         "[OPTION...] COMMAND [ARGUMENT...]\n\nCommands\n";
  Rows rows;
  for (const auto& command : commands())
    rows.push_back({"  " + std::string(command.name), std::string(command.summary)});
  print_table(out, {}, rows);
  rows.clear();
  for (const auto& [name, provider] : packs_of(call).actions())
    if (provider.action->face)
      rows.push_back({"  " + provider.action->face->command, provider.action->doc});
  if (!rows.empty()) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    out << "\nCommands of actions\n";
    print_table(out, {}, rows);
  }
  rows.clear();
  for (const auto& program : list_path_programs(call).programs)
    if (program.problem.empty()) rows.push_back({"  " + program.command, program.file.string()});
  if (!rows.empty()) {
    out << "\nPrograms on PATH\n";
    print_table(out, {}, rows);
  }
  print_options(out, {});
  out << "\n`harbor help COMMAND` says more.\n";
}

void print_command_help(const Invocation& call, const Command& command,
                        const std::vector<OptionSpec>& options) {
  auto& out = *call.context.out;
  out << "harbor " << command.name << (command.usage.empty() ? "" : " ") << command.usage << "\n\n"
      << command.summary << '\n';
  if (!command.detail.empty()) out << '\n' << command.detail << '\n';
  print_options(out, options);
}

void print_face_help(const Invocation& call, const plugin::ActionInfo& action,
                     const std::vector<OptionSpec>& options) {
  auto& out = *call.context.out;
  const auto usage = usage_of(action);
  out << "harbor " << action.face->command << (usage.empty() ? "" : " ") << usage << "\n\n"
      << action.doc << "\n\nThis is the action " << action.name << "; `harbor actions "
      << action.name << "` says more.\n";
  print_options(out, options);
}

void print_action(std::ostream& out, const plugin::Pack& pack, const plugin::ActionInfo& action) {
  out << action.name << " - " << action.doc << "\n\n";
  Rows rows = {{"pack", pack.id + " " + pack.version}, {"effects", effects_text(action.effects)}};
  if (!action.section.empty())
    rows.push_back(
        {"section", "`" + action.section + "` of the descriptor is a step of this action"});
  if (action.face)
    rows.push_back({"command", "harbor " + action.face->command +
                                   (usage_of(action).empty() ? "" : " " + usage_of(action))});
  const auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
  };
  if (!action.requires_caps.empty()) rows.push_back({"needs", list(action.requires_caps)});
  if (!action.provides_caps.empty()) rows.push_back({"provides", list(action.provides_caps)});
  rows.push_back({"plan", action.has_plan                       ? "tells what would change"
                          : (action.effects & HARBOR_FX_WRITES) ? "cannot tell beforehand"
                                                                : "changes nothing"});
  print_table(out, {}, rows);
  print_properties(out, action, Side::input);
  print_properties(out, action, Side::output);
}

}  // namespace harbor::cli
