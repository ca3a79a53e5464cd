#include "cli/schema_option.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "plan/schema.hpp"
#include "report/code_command.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

constexpr std::string_view request_prefix = "request.";
const std::set<std::string, std::less<>> kernel_requests = {"services", "options", "profile",
                                                            "site", "subject"};

std::string kebab(std::string_view property) {
  std::string out;
  for (const char c : property) {
    if (c == '_')
      out += '-';
    else if (c >= 'A' && c <= 'Z')
      out += out.empty() ? std::string(1, static_cast<char>(c + 32))
                         : "-" + std::string(1, static_cast<char>(c + 32));
    else
      out += c;
  }
  return out;
}

std::string type_of(const json& schema) {
  const auto type = schema.find("type");
  if (type == schema.end()) return "string";
  return type->is_string() ? type->get<std::string>()
         : type->empty()   ? "string"
                           : type->front().get<std::string>();
}

json parsed(const std::string& text) {
  auto schema = json::parse(text, nullptr, false);
  return schema.is_object() ? schema : json::object();
}

SchemaOption option_of(const std::string& property, const json& schema,
                       const plugin::PropertyMarks& marks) {
  SchemaOption out;
  out.property = property;
  out.schema = schema;
  out.spec.name = kebab(property);
  out.spec.doc = schema.value("description", "");
  out.spec.letter = marks.letter;
  const auto type = type_of(schema);
  if (type == "boolean") {
    out.negated = schema.value("default", false);
    if (out.negated) out.spec.name = "no-" + out.spec.name;
  } else {
    const bool is_number = type == "integer" || type == "number";
    out.spec.value = !marks.value_name.empty() ? marks.value_name : is_number ? "N" : "VALUE";
    out.spec.repeated = type == "array";
    out.spec.greedy = out.spec.repeated && marks.greedy;
  }
  return out;
}

}  // namespace

std::vector<SchemaOption> face_options(const plugin::ActionInfo& action) {
  std::vector<SchemaOption> options;
  const auto schema = parsed(action.input_schema);
  for (const json all = schema.value("properties", json::object());
       const auto& [property, definition] : all.items()) {
    const auto& args = action.face->args;
    if (std::find(args.begin(), args.end(), property) != args.end() || !definition.is_object())
      continue;
    if (action.consumed(property)) continue;  // an artifact, or one of request_options()
    options.push_back(option_of(property, definition, action.marks(property)));
  }
  return options;
}

std::vector<SchemaOption> request_options(const plugin::Registry& registry) {
  std::vector<SchemaOption> options;
  std::set<std::string> seen;
  for (const auto& [name, provider] : registry.actions()) {
    json schema;  // parsed when it is first needed: most actions read nothing of the request
    for (const auto& binding : provider.action->consumes) {
      if (!binding.artifact.starts_with(request_prefix)) continue;
      const auto request = binding.artifact.substr(request_prefix.size());
      if (kernel_requests.contains(request) || !seen.insert(request).second) continue;
      if (schema.is_null()) schema = parsed(provider.action->input_schema);
      options.push_back(option_of(request, schema["properties"][binding.property],
                                  provider.action->marks(binding.property)));
    }
  }
  return options;
}

std::vector<OptionSpec> specs_of(const std::vector<SchemaOption>& options) {
  std::vector<OptionSpec> specs;
  for (const auto& option : options) specs.push_back(option.spec);
  return specs;
}

json values_of(const std::vector<SchemaOption>& options, const Arguments& arguments) {
  json values = json::object();
  for (const auto& option : options) {
    if (!arguments.has(option.spec.name)) continue;
    if (option.spec.value.empty()) {
      values[option.property] = !option.negated;
      continue;
    }
    if (option.spec.repeated) {
      json list = json::array();
      for (const auto& given : arguments.all(option.spec.name)) {
        std::istringstream parts(given);
        for (std::string part; std::getline(parts, part, ',');)
          if (!part.empty()) list.push_back(part);
      }
      values[option.property] = std::move(list);
      continue;
    }
    json value = arguments.value(option.spec.name);
    plan::coerce(option.schema, value);
    const auto type = type_of(option.schema);
    if ((type == "integer" || type == "number") && !value.is_number())
      throw report::Error(report::diagnose(
          report::code::bad_usage,
          "--" + option.spec.name + " takes a number, not '" + value.get<std::string>() + "'"));
    values[option.property] = std::move(value);
  }
  return values;
}

}  // namespace harbor::cli
