#include "plan/schema.hpp"

#include <charconv>
#include <harbor/pointer.hpp>
#include <regex>
#include <stdexcept>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "plan/plain_schema.hpp"
#include "report/suggestion.hpp"

namespace harbor::plan {
using nlohmann::json;

namespace {

std::string type_of(const json& value) {
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  return value.type_name();
}

std::string with_article(const std::string& word) {
  return (std::string_view("aeiou").find(word.front()) != std::string_view::npos ? "an " : "a ") +
         word;
}

std::string joined(const json& list) {
  std::string out;
  for (const auto& item : list)
    out += (out.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
  return out;
}

/// Explains in plain words why a validator refused a value: the validator's own text names every
/// branch that it tried.
class Explainer {
 public:
  std::vector<SchemaError> explain(const json& schema, const json& value) && {
    visit(schema, value, "");
    return std::move(errors_);
  }

 private:
  void add(std::string pointer, std::string message, std::string hint = {}, bool at_key = false) {
    errors_.push_back({std::move(pointer), std::move(message), std::move(hint), at_key});
  }

  void visit(const json& schema, const json& value, const std::string& at) {
    if (!schema.is_object()) return;
    const auto before = errors_.size();
    if (!type(schema, value, at)) return;
    choice(schema, value, at);
    if (value.is_object()) object(schema, value, at);
    if (value.is_array()) array(schema, value, at);
    if (value.is_string()) text(schema, value.get_ref<const std::string&>(), at);
    if (value.is_number()) number(schema, value.get<double>(), at);
    if (errors_.size() == before) alternatives(schema, value, at);
  }

  bool type(const json& schema, const json& value, const std::string& at) {
    const auto types = schema.find("type");
    if (types == schema.end()) return true;
    const json list = types->is_array() ? *types : json::array({*types});
    std::string wanted;
    for (const auto& type : list) {
      if (!type.is_string()) continue;
      if (has_type(value, type.get<std::string>())) return true;
      wanted += (wanted.empty() ? "" : " or ") + with_article(type.get<std::string>());
    }
    add(at, "must be " + wanted + ", is " + with_article(type_of(value)));
    return false;
  }

  void choice(const json& schema, const json& value, const std::string& at) {
    if (const auto fixed = schema.find("const"); fixed != schema.end() && *fixed != value)
      add(at, "must be " + fixed->dump());
    const auto values = schema.find("enum");
    if (values == schema.end() || std::find(values->begin(), values->end(), value) != values->end())
      return;
    std::vector<std::string> words;
    for (const auto& item : *values)
      if (item.is_string()) words.push_back(item);
    add(at, "must be one of " + joined(*values),
        value.is_string() ? report::did_you_mean(value.get<std::string>(), words) : "");
  }

  void object(const json& schema, const json& value, const std::string& at) {
    const json none = json::object();
    const json& properties = schema.contains("properties") ? schema["properties"] : none;
    if (const auto required = schema.find("required"); required != schema.end())
      for (const auto& name : *required)
        if (name.is_string() && !value.contains(name.get<std::string>()))
          add(at, "'" + name.get<std::string>() + "' is missing");
    std::vector<std::string> known;
    for (const auto& [name, unused] : properties.items()) known.push_back(name);
    for (const auto& [name, member] : value.items()) {
      const auto pointer = at + pointer_to(name);
      if (const auto property = properties.find(name); property != properties.end()) {
        visit(*property, member, pointer);
      } else if (!matches_pattern(schema, name, member, pointer)) {
        const auto rest = schema.find("additionalProperties");
        if (rest == schema.end()) continue;
        if (rest->is_object())
          visit(*rest, member, pointer);
        else if (*rest == false)
          add(pointer, "unknown key '" + name + "'", unknown_key_hint(name, known), true);
      }
    }
  }

  static std::string unknown_key_hint(const std::string& name,
                                      const std::vector<std::string>& known) {
    auto hint = report::did_you_mean(name, known);
    if (!hint.empty() || known.empty()) return hint;
    for (const auto& key : known) hint += (hint.empty() ? "known keys: " : ", ") + key;
    return hint;
  }

  bool matches_pattern(const json& schema, const std::string& name, const json& member,
                       const std::string& pointer) {
    const auto patterns = schema.find("patternProperties");
    if (patterns == schema.end()) return false;
    bool matched = false;
    for (const auto& [pattern, below] : patterns->items())
      if (std::regex_search(name, std::regex(pattern, std::regex::ECMAScript))) {
        matched = true;
        visit(below, member, pointer);
      }
    return matched;
  }

  void array(const json& schema, const json& value, const std::string& at) {
    if (const auto least = schema.find("minItems");
        least != schema.end() && value.size() < least->get<std::size_t>())
      add(at, "needs at least " + least->dump() + " items, has " + std::to_string(value.size()));
    if (const auto most = schema.find("maxItems");
        most != schema.end() && value.size() > most->get<std::size_t>())
      add(at, "takes at most " + most->dump() + " items, has " + std::to_string(value.size()));
    const auto items = schema.find("items");
    if (items == schema.end() || !items->is_object()) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      visit(*items, value[i], at + "/" + std::to_string(i));
  }

  void text(const json& schema, const std::string& value, const std::string& at) {
    if (const auto least = schema.find("minLength");
        least != schema.end() && value.size() < least->get<std::size_t>())
      add(at, value.empty() ? "must not be empty"
                            : "must have at least " + least->dump() + " characters");
    if (const auto pattern = schema.find("pattern");
        pattern != schema.end() &&
        !std::regex_search(value, std::regex(pattern->get<std::string>())))
      add(at, "'" + value + "' does not match " + pattern->get<std::string>());
  }

  void number(const json& schema, double value, const std::string& at) {
    if (const auto least = schema.find("minimum");
        least != schema.end() && value < least->get<double>())
      add(at, "must be at least " + least->dump());
    if (const auto most = schema.find("maximum");
        most != schema.end() && value > most->get<double>())
      add(at, "must be at most " + most->dump());
  }

  /// A value that fits no branch is explained by the branch of its own type, if there is just one.
  void alternatives(const json& schema, const json& value, const std::string& at) {
    for (const char* keyword : {"anyOf", "oneOf"}) {
      const auto branches = schema.find(keyword);
      if (branches == schema.end() || !branches->is_array()) continue;
      std::vector<const json*> same_type;
      std::string wanted;
      for (const auto& branch : *branches) {
        if (!branch.is_object() || !branch.contains("type")) return;
        const auto type = branch["type"].is_string() ? branch["type"].get<std::string>() : "";
        if (has_type(value, type)) same_type.push_back(&branch);
        wanted += (wanted.empty() ? "" : " or ") + with_article(type);
      }
      if (same_type.size() == 1)
        visit(*same_type.front(), value, at);
      else if (same_type.empty())
        add(at, "must be " + wanted + ", is " + with_article(type_of(value)));
    }
  }

  std::vector<SchemaError> errors_;
};

std::string pointer_of(const std::vector<std::string>& context) {
  std::string out;
  for (std::size_t i = 1; i < context.size(); ++i) {  // the first is "<root>"
    std::string word = context[i];
    if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
    if (word.size() > 1 && word.front() == '"') word = word.substr(1, word.size() - 2);
    out += pointer_to(word);
  }
  return out;
}

}  // namespace

struct Schema::Compiled {
  bool is_plain = false;
  /// One compiled variant for each set of properties that may be absent.
  std::mutex mutex;
  std::map<std::set<std::string>, std::pair<json, std::unique_ptr<valijson::Schema>>> variants;

  const std::pair<json, std::unique_ptr<valijson::Schema>>& variant(
      const json& schema, const std::set<std::string>& open) {
    const std::lock_guard guard(mutex);
    auto& entry = variants[open];
    if (entry.second) return entry;
    entry.first = schema;
    if (const auto required = entry.first.find("required"); required != entry.first.end()) {
      json rest = json::array();
      for (const auto& name : *required)
        if (!name.is_string() || !open.contains(name.get<std::string>())) rest.push_back(name);
      if (rest.empty())
        entry.first.erase("required");
      else
        *required = rest;
    }
    auto compiled = std::make_unique<valijson::Schema>();
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const valijson::adapters::NlohmannJsonAdapter adapter(entry.first);
    try {
      parser.populateSchema(adapter, *compiled);
    } catch (const std::exception& failure) {
      variants.erase(open);
      throw std::invalid_argument(failure.what());
    }
    entry.second = std::move(compiled);
    return entry;
  }
};

Schema::Schema(nlohmann::json schema)
    : definition_(std::move(schema)), compiled_(std::make_unique<Compiled>()) {
  if (!definition_.is_object()) throw std::invalid_argument("a schema is an object");
  compiled_->is_plain = plan::is_plain(definition_);
  // A plain schema can be compiled later if needed; others are compiled now, to find out whether
  // they can be.
  if (!compiled_->is_plain) compiled_->variant(definition_, {});
}

Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

std::vector<SchemaError> Schema::check(const json& value, const std::set<std::string>& open) const {
  if (compiled_->is_plain && fits(definition_, value, open)) return {};
  const auto& [schema, compiled] = compiled_->variant(definition_, open);
  // Strong typing: "8080" is not a number; coerce() has turned into numbers what may be one.
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  const valijson::adapters::NlohmannJsonAdapter target(value);
  if (validator.validate(*compiled, target, nullptr)) return {};
  auto errors = Explainer().explain(schema, value);
  if (!errors.empty()) return errors;
  // A keyword that the explainer does not know: the validator's own words are better than none.
  valijson::ValidationResults results;
  validator.validate(*compiled, target, &results);
  valijson::ValidationResults::Error error;
  if (!results.popError(error)) return {{"", "does not match its schema", "", false}};
  return {{pointer_of(error.context), error.description, "", false}};
}

namespace {

void fill(const json& schema, json& value) {
  if (!schema.is_object() || !value.is_object()) return;
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return;
  for (const auto& [name, property] : properties->items()) {
    if (!property.is_object()) continue;
    auto member = value.find(name);
    if (member == value.end()) {
      if (const auto standard = property.find("default"); standard != property.end())
        value[name] = *standard;
    } else {
      fill(property, *member);
      if (member->is_array() && property.contains("items"))
        for (auto& item : *member) fill(property["items"], item);
    }
  }
}

bool wants(const json& schema, const char* type) {
  const auto types = schema.find("type");
  if (types == schema.end()) return false;
  if (types->is_string()) return *types == type;
  return std::find(types->begin(), types->end(), type) != types->end();
}

}  // namespace

void Schema::fill_defaults(json& value) const { fill(definition_, value); }

void coerce(const json& schema, json& value) {
  if (!schema.is_object() || !value.is_string() || wants(schema, "string")) return;
  const auto& text = value.get_ref<const std::string&>();
  const auto* end = text.data() + text.size();
  if (wants(schema, "boolean") && (text == "true" || text == "false")) {
    value = text == "true";
  } else if (wants(schema, "integer") || wants(schema, "number")) {
    // An integer first: 9007199254740993 as a double would silently become another number.
    std::int64_t integer = 0;
    double number = 0;
    if (const auto [at, failed] = std::from_chars(text.data(), end, integer);
        failed == std::errc{} && at == end) {
      value = integer;
    } else if (wants(schema, "number")) {
      if (const auto [to, wrong] = std::from_chars(text.data(), end, number);
          wrong == std::errc{} && to == end)
        value = number;
    }
  }
}

}  // namespace harbor::plan
