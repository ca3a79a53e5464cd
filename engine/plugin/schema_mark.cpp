#include "plugin/schema_mark.hpp"

#include <harbor/step_key.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "plugin/fault.hpp"
#include "report/code_plugin.hpp"

namespace harbor::plugin {
namespace {

using nlohmann::json;

// The parser, and all code that walks a schema, recurses.
constexpr int max_depth = 64;
constexpr std::string_view hint = "this is a bug in the plugin: tell its author";

/// One schema, with what is needed for messages about it.
struct Schema {
  const ActionInfo& action;
  std::string_view side;  ///< "input"
  json root;

  [[noreturn]] void fail(const std::string& what) const {
    refuse(report::code::plugin_invalid_description,
           "has an invalid description: in the " + std::string(side) + " schema of action '" +
               action.name + "' " + what,
           hint);
  }

  /// "properties", or an empty object.
  [[nodiscard]] const json& properties() const {
    static const json none = json::object();
    const auto found = root.find("properties");
    if (found == root.end()) return none;
    if (!found->is_object()) fail("'properties' is not an object");
    return *found;
  }

  void check_property(std::string_view mark, const std::string& name) const {
    if (!properties().contains(name))
      fail(std::string(mark) + " names the property '" + name + "', which does not exist");
  }
};

/// `owner`[`key`] as text, empty when it is not there.
std::string text_at(const Schema& schema, const json& owner, const char* key) {
  const auto found = owner.find(key);
  if (found == owner.end()) return {};
  if (!found->is_string() || found->get_ref<const std::string&>().empty())
    schema.fail(std::string("'") + key + "' is " + found->dump() + ", a text expected");
  return found->get<std::string>();
}

bool flag_at(const Schema& schema, const json& owner, const char* key) {
  const auto found = owner.find(key);
  if (found == owner.end()) return false;
  if (!found->is_boolean())
    schema.fail(std::string("'") + key + "' is " + found->dump() + ", true or false expected");
  return found->get<bool>();
}

Schema parse(const ActionInfo& action, std::string_view side, const std::string& text) {
  Schema schema{action, side, json::object()};
  if (text.empty()) return schema;
  const auto is_shallow = [&](int depth, json::parse_event_t, const json&) {
    if (depth > max_depth) schema.fail("values are nested more than 64 deep");
    return true;
  };
  try {
    schema.root = json::parse(text, is_shallow);
  } catch (const json::parse_error& error) {
    schema.fail("byte " + std::to_string(error.byte) + " is not valid JSON");
  }
  if (!schema.root.is_object())
    schema.fail(std::string("the outermost value is of type ") + schema.root.type_name() +
                ", an object expected");
  return schema;
}

bool is_section(std::string_view text) {
  const auto is_word = [](std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
  };
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && is_word(text.substr(0, dot)) &&
         is_word(text.substr(dot + 1));
}

std::optional<Face> read_face(const Schema& input, const Schema& output) {
  const auto found = input.root.find("x-harbor-cli");
  if (found == input.root.end()) return {};
  if (!found->is_object())
    input.fail("'x-harbor-cli' is " + found->dump() + ", an object expected");
  Face face;
  face.command = text_at(input, *found, "command");
  if (face.command.empty()) input.fail("'x-harbor-cli' has no 'command'");
  if (const auto args = found->find("args"); args != found->end()) {
    if (!args->is_array())
      input.fail("'args' is " + args->dump() + ", a list of properties expected");
    for (const json& arg : *args) {
      if (!arg.is_string()) input.fail("'args' holds " + arg.dump() + ", a property expected");
      face.args.push_back(arg.get<std::string>());
      input.check_property("'x-harbor-cli'", face.args.back());
    }
  }
  face.verbatim = flag_at(input, *found, "verbatim");
  face.print = text_at(input, *found, "print");
  face.exit = text_at(input, *found, "exit");
  for (const std::string& name : {face.print, face.exit})
    if (!name.empty()) output.check_property("'x-harbor-cli'", name);
  return face;
}

std::vector<std::string> read_hooks(const Schema& input) {
  std::vector<std::string> hooks;
  const auto found = input.root.find("x-harbor-hooks");
  if (found == input.root.end()) return hooks;
  if (!found->is_array())
    input.fail("'x-harbor-hooks' is " + found->dump() + ", a list of hook points expected");
  for (const json& point : *found) {
    if (!point.is_string() || point.get_ref<const std::string&>().empty())
      input.fail("'x-harbor-hooks' holds " + point.dump() + ", a hook point expected");
    hooks.push_back(point.get<std::string>());
  }
  return hooks;
}

std::set<std::string> required_properties(const Schema& schema) {
  std::set<std::string> names;
  const auto found = schema.root.find("required");
  if (found == schema.root.end() || !found->is_array()) return names;
  for (const json& name : *found)
    if (name.is_string()) names.insert(name.get<std::string>());
  return names;
}

std::vector<Binding> read_bindings(const Schema& schema, const char* mark, const char* recorded) {
  std::vector<Binding> bindings;
  const std::set<std::string> required = required_properties(schema);
  for (const auto& [name, property] : schema.properties().items()) {
    if (!property.is_object()) continue;  // `true` and `false` are schemas too
    std::string artifact = text_at(schema, property, mark);
    const bool is_recorded = flag_at(schema, property, recorded);
    if (!artifact.empty())
      bindings.push_back({name, std::move(artifact), required.contains(name), is_recorded,
                          text_at(schema, property, "x-harbor-otherwise")});
  }
  return bindings;
}

std::vector<PropertyMarks> read_marked(const Schema& input) {
  std::vector<PropertyMarks> marked;
  for (const auto& [name, property] : input.properties().items()) {
    if (!property.is_object()) continue;
    PropertyMarks marks;
    marks.name = name;
    marks.literal = flag_at(input, property, "x-harbor-literal");
    marks.writes = flag_at(input, property, "x-harbor-writes");
    marks.greedy = flag_at(input, property, "x-harbor-greedy");
    const auto letter = text_at(input, property, "x-harbor-letter");
    if (letter.size() > 1) input.fail("'x-harbor-letter' is '" + letter + "', one letter expected");
    if (!letter.empty()) marks.letter = letter.front();
    marks.value_name = text_at(input, property, "x-harbor-value");
    marks.instead = text_at(input, property, "x-harbor-instead");
    if (marks.literal || marks.writes || marks.greedy || marks.letter != 0 ||
        !marks.value_name.empty() || !marks.instead.empty())
      marked.push_back(std::move(marks));
  }
  return marked;
}

std::vector<std::string> read_results(const Schema& output) {
  std::vector<std::string> results;
  for (const auto& [name, property] : output.properties().items())
    if (property.is_object() && flag_at(output, property, "x-harbor-result"))
      results.push_back(name);
  return results;
}

std::vector<Naming> read_namings(const Schema& output, const std::vector<Binding>& publishes) {
  std::vector<Naming> namings;
  for (const Binding& binding : publishes) {
    const auto& property = output.properties()[binding.property];
    const auto mark = property.find("x-harbor-names");
    if (mark == property.end()) continue;
    const auto depth = mark->is_object() ? mark->value("depth", json(1)) : json();
    if (!depth.is_number_unsigned() || depth < 1 || depth > 8)
      output.fail("'x-harbor-names' of '" + binding.property +
                  "' is not a mapping with a `depth` from 1 to 8");
    const auto uses = text_at(output, *mark, "uses");
    namings.push_back(
        {binding.artifact, depth.get<std::size_t>(), uses.empty() ? binding.artifact : uses});
  }
  return namings;
}

/// In a step, such a property could not be distinguished from the key.
void refuse_step_keys(const Schema& input) {
  for (const auto& [name, property] : input.properties().items()) {
    if (!is_step_key(name)) continue;
    std::string keys;
    for (const auto key : step_keys) keys += (keys.empty() ? "" : ", ") + std::string(key);
    refuse(report::code::plugin_invalid_description,
           "has an invalid description: in the input schema of action '" + input.action.name +
               "' the property '" + name + "' has the name of a step's own key",
           "the plugin's author gives it another name; a step's own keys are " + keys);
  }
}

}  // namespace

void read_schema_marks(ActionInfo& action) {
  const Schema input = parse(action, "input", action.input_schema);
  const Schema output = parse(action, "output", action.output_schema);
  refuse_step_keys(input);
  action.section = text_at(input, input.root, "x-harbor-section");
  if (!action.section.empty() && !is_section(action.section))
    input.fail("'x-harbor-section' is '" + action.section + "', STAGE.NAME expected");
  action.face = read_face(input, output);
  action.hooks = read_hooks(input);
  action.consumes = read_bindings(input, "x-harbor-from", "x-harbor-recorded");
  action.publishes = read_bindings(output, "x-harbor-as", "x-harbor-record");
  action.marked = read_marked(input);
  action.results = read_results(output);
  action.namings = read_namings(output, action.publishes);
}

}  // namespace harbor::plugin
