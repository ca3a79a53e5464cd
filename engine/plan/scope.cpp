#include "plan/scope.hpp"

#include <charconv>

#include "document/condition.hpp"
#include "document/interpolation.hpp"
#include "report/code_run.hpp"
#include "report/code_secret.hpp"
#include "report/code_workflow.hpp"

namespace harbor::plan {
using document::Kind;
using document::Value;
using nlohmann::json;

namespace {

const json* member(const json* value, std::string_view key) {
  if (!value) return nullptr;
  if (value->is_object()) {
    const auto found = value->find(std::string(key));
    return found == value->end() ? nullptr : &*found;
  }
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), index);
  const bool whole = failed == std::errc{} && end == key.data() + key.size();
  return value->is_array() && whole && index < value->size() ? &(*value)[index] : nullptr;
}

const json* walk(const json* value, std::string_view path) {
  while (value && !path.empty()) {
    // A key may contain dots, so the whole rest is tried first.
    if (value->is_object())
      if (const auto found = value->find(std::string(path)); found != value->end()) return &*found;
    const auto dot = path.find('.');
    value = member(value, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

std::optional<std::string> text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return value.dump();
  if (value.is_null()) return std::string();
  return std::nullopt;
}

const document::InterpolationOptions dotted{document::Names::dotted};

/// `${NAME}` and nothing else.
std::optional<std::string_view> lone_reference(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}')) return std::nullopt;
  const auto name = text.substr(2, text.size() - 3);
  if (name.empty() || name.find_first_of(":-?+${}") != std::string_view::npos) return std::nullopt;
  return name;
}

/// The mark of a part of a string, if the string is in its file verbatim; else that of the whole
/// string.
document::Mark part_of(const Value& value, std::size_t offset, std::size_t length) {
  auto mark = value.mark;
  const bool quoted = mark.length == value.text.size() + 2;
  if (!quoted && mark.length != value.text.size()) return mark;
  mark.column += static_cast<std::uint32_t>(offset + (quoted ? 1 : 0));
  mark.length = static_cast<std::uint32_t>(std::max<std::size_t>(length, 1));
  return mark;
}

/// Interpolates the strings of one value.
class Resolver {
 public:
  Resolver(const document::Sources& sources, const Scope& scope)
      : sources_(sources), scope_(scope) {}

  json visit(const Value& value) {
    switch (value.kind) {
      case Kind::sequence: {
        json list = json::array();
        for (const Value& item : value.items) list.push_back(visit(item));
        return list;
      }
      case Kind::mapping: {
        json object = json::object();
        for (const auto& member : value.members) object[member.key] = visit(member.value);
        return object;
      }
      case Kind::string:
        return text(value);
      default:
        return document::to_json(value);
    }
  }

  report::Diagnostics diagnostics;

 private:
  json text(const Value& value) {
    if (value.text.find('$') == std::string::npos) return value.text;
    // A reference on its own keeps its type: a list stays a list, a secret stays a reference.
    if (const auto name = lone_reference(value.text))
      if (const json* found = scope_.find(*name)) return *found;
    const json* secret = nullptr;
    const json* compound = nullptr;
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
      const json* found = scope_.find(name);
      if (!found) return std::nullopt;
      if (is_secret(*found)) secret = found;
      auto plain = text_of(*found);
      if (!plain && !is_secret(*found)) compound = found;
      return plain ? plain : std::string();
    };
    auto done = document::interpolate(value.text, lookup, dotted);
    if (done.error) {
      const bool required = done.error->kind == document::InterpolationError::Kind::required;
      report(required ? report::code::required_variable : report::code::invalid_expression,
             done.error->message, part_of(value, done.error->offset, done.error->length), "");
    } else if (secret) {
      report(report::code::secret_inside_text, "a secret is inside longer text", value.mark,
             "a secret may only be a whole value: write just `${NAME}`, or render it into a file "
             "by template");
    } else if (compound) {
      report(report::code::invalid_expression, "a list or mapping is inside longer text",
             value.mark, "refer to one of its members");
    }
    for (const auto& unset : done.unset)
      report(report::code::unset_variable, "'" + unset.name + "' is not set; it becomes empty text",
             part_of(value, unset.offset, unset.length),
             "give it a default: `${" + unset.name + ":-...}`", report::Severity::warning);
    return done.text;
  }

  void report(std::string_view code, std::string message, const document::Mark& at,
              std::string hint, report::Severity severity = report::Severity::error) {
    diagnostics.push_back(report::diagnose(
        code, std::move(message), {{document::to_span(at, sources_), ""}}, std::move(hint)));
    diagnostics.back().severity = severity;
  }

  const document::Sources& sources_;
  const Scope& scope_;
};

}  // namespace

bool is_secret(const json& value) noexcept {
  return value.is_object() && value.size() == 1 && value.contains("$secret") &&
         value["$secret"].is_string();
}

const json* Scope::find(std::string_view name) const {
  const auto dot = name.find('.');
  const auto head = name.substr(0, dot);
  const auto rest = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  if (head == "item" && item) return walk(item, rest);
  if (name == "index" && index) return index;
  if (dot == std::string_view::npos) return member(env, name);
  if (head == "hook") return walk(hook, rest);
  if (head == "request") return walk(request, rest);
  if (head != "steps" || !output_of) return nullptr;
  // Ids made from action names contain dots: the longest id that has an output wins.
  for (auto end = rest.rfind('.'); end != std::string_view::npos && end > 0;
       end = rest.rfind('.', end - 1))
    if (const json* output = output_of(rest.substr(0, end)))
      return walk(output, rest.substr(end + 1));
  return nullptr;
}

bool is_dynamic(const Value& value) {
  if (value.kind == Kind::string) return value.text.find('$') != std::string::npos;
  for (const Value& item : value.items)
    if (is_dynamic(item)) return true;
  for (const auto& member : value.members)
    if (is_dynamic(member.value)) return true;
  return false;
}

Resolution resolve(const Value& value, const document::Sources& sources, const Scope& scope) {
  Resolver resolver(sources, scope);
  Resolution out;
  out.value = resolver.visit(value);
  out.diagnostics = std::move(resolver.diagnostics);
  return out;
}

void check_expressions(const Value& value, const document::Sources& sources,
                       report::Diagnostics& diagnostics) {
  if (value.kind == Kind::string && value.text.find('$') != std::string::npos) {
    // Only the grammar is checked, so every name has a value: `${A:?}` must not fail here.
    const auto anything = [](std::string_view) { return std::optional<std::string>("x"); };
    const auto done = document::interpolate(value.text, anything, dotted);
    if (done.error)
      diagnostics.push_back(report::diagnose(
          report::code::invalid_expression, done.error->message,
          {{document::to_span(part_of(value, done.error->offset, done.error->length), sources),
            ""}},
          "`$$` writes a dollar sign"));
  }
  for (const Value& item : value.items) check_expressions(item, sources, diagnostics);
  for (const auto& member : value.members) check_expressions(member.value, sources, diagnostics);
}

bool holds(const Value& expression, const document::Sources& sources, const Scope& scope,
           report::Diagnostics& diagnostics) {
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    const json* found = scope.find(name);
    if (!found) return std::nullopt;
    if (is_secret(*found))
      return "set";  // a condition may ask whether there is a secret, not what it is
    if (found->is_array() || found->is_object()) return found->empty() ? "" : found->dump();
    return text_of(*found);
  };
  const auto result = document::evaluate(expression.text, lookup);
  if (result.error.empty()) return result.value;
  diagnostics.push_back(report::diagnose(report::code::invalid_expression, "when: " + result.error,
                                         {{document::to_span(expression.mark, sources), ""}}));
  return false;
}

void collect_references(const Value& value, std::vector<Reference>& into) {
  if (value.kind == Kind::string && value.text.find('$') != std::string::npos)
    for (auto& variable : document::variables(value.text, document::Names::dotted))
      into.push_back({std::move(variable.name), value.mark});
  for (const Value& item : value.items) collect_references(item, into);
  for (const auto& member : value.members) collect_references(member.value, into);
}

void collect_condition_references(const Value& expression, std::vector<Reference>& into) {
  for (auto& name : document::names_in(expression.text).names)
    into.push_back({std::move(name), expression.mark});
}

std::vector<std::string> compared_names(const Value& expression) {
  std::vector<std::string> names;
  for (auto& variable : document::names_in(expression.text).compared)
    if (variable.name.find('.') == std::string::npos) names.push_back(std::move(variable.name));
  return names;
}

}  // namespace harbor::plan
