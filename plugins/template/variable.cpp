#include "variable.hpp"

#include <algorithm>
#include <iterator>

namespace harbor::templating {
namespace {

constexpr std::string_view own_names[] = {"env", "service", "services", "options"};

/// `fromEnv`: all (by default), none, or those that are named.
bool is_taken(const json& from_env, const std::string& name) {
  if (from_env.is_boolean()) return from_env.get<bool>();
  return !from_env.is_array() ||
         std::find(from_env.begin(), from_env.end(), name) != from_env.end();
}

json values_of(const json& input) {
  return input.value("interpolation", json::object()).value("values", json::object());
}

std::string cased(std::string text, char first, char last) {
  for (char& c : text)
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  return text;
}

}  // namespace

std::optional<std::string> Variables::text(std::string_view name) const {
  // Sorted: object_of() keeps the order that it is given.
  const auto& members = root.get_ref<const Json::object_t&>();
  const auto found =
      std::lower_bound(members.begin(), members.end(), name,
                       [](const auto& a, std::string_view b) { return a.first < b; });
  if (found == members.end() || found->first != name || found->second.is_structured())
    return std::nullopt;
  return text_of(found->second);
}

VariableSource::VariableSource(Context& context, const json& input)
    : context_(context), input_(input) {
  const json extra = values_of(input).value("extra", json::object());
  for (const std::string_view name : own_names)
    if (extra.contains(name))
      throw Error(HARBOR_E_INPUT, "template.bad_value",
                  "'" + std::string(name) + "' under `extra` is a name of Harbor's own",
                  "give the value another name")
          .at("/interpolation/values/extra/" + std::string(name));
}

Variables VariableSource::of(const std::string& service) {
  const json values = values_of(input_);
  const json from_env = values.value("fromEnv", json(true));
  json merged = input_.value("env", json::object());
  const json own = input_.value("serviceEnv", json::object());
  if (own.contains(service)) merged.update(own[service]);
  for (auto at = merged.begin(); at != merged.end();)
    at = is_taken(from_env, at.key()) ? std::next(at) : merged.erase(at);

  Variables out;
  std::map<std::string, Json> root;
  const auto add = [&](const std::string& name, const json& value) {
    Found found;
    root.insert_or_assign(name, reveal(value, {name}, found));
    // A plain value under `extra` may stand over a secret of the environment.
    if (out.secrets.erase(name) > 0)
      std::erase_if(out.places, [&name = name](const Place& place) { return place[0] == name; });
    if (found.secrets.empty()) return;
    out.secrets.emplace(name, std::move(found.secrets));
    std::move(found.places.begin(), found.places.end(), std::back_inserter(out.places));
  };
  for (const auto& [name, value] : merged.items()) add(name, value);
  const json extra = values.value("extra", json::object());
  for (const auto& [name, value] : extra.items()) add(name, value);
  add("env", merged);
  add("services", input_.value("services", json::array()));
  add("options", input_.value("options", json::array()));
  if (!service.empty()) add("service", service);

  std::vector<std::pair<std::string, Json>> members;
  members.reserve(root.size());
  for (auto& [name, value] : root) members.emplace_back(name, std::move(value));
  out.root = object_of(std::move(members));
  return out;
}

Json VariableSource::reveal(const json& value, const Place& at, Found& found) {
  const auto below = [&at](std::string name) {
    Place place = at;
    place.push_back(std::move(name));
    return place;
  };
  if (is_secret(value)) {
    const auto reference = value["$secret"].get<std::string>();
    auto known = known_.find(reference);
    if (known == known_.end()) {
      std::string text;
      context_.with_secret(value, [&](std::string_view secret) { text = secret; });
      known = known_.emplace(reference, std::move(text)).first;
    }
    found.secrets.push_back(known->second);
    found.places.push_back(at);
    return known->second;
  }
  if (value.is_array()) {
    Json list = Json::array();
    for (const json& element : value)
      list.push_back(reveal(element, below(std::to_string(list.size())), found));
    return list;
  }
  if (!value.is_object()) return value;
  std::vector<std::pair<std::string, Json>> members;
  members.reserve(value.size());
  for (const auto& [name, member] : value.items())
    members.emplace_back(name, reveal(member, below(name), found));
  return object_of(std::move(members));
}

void mask_forms(Context& context, const std::vector<std::string>& secrets, std::string_view text,
                bool escapes_html) {
  // The masker knows a value in its usual encodings, but not what a helper made of it. Each form is
  // one more text to look for everywhere, so only helpers that the template names count.
  const bool has_upper = text.find("upper") != std::string_view::npos;
  const bool has_lower = text.find("lower") != std::string_view::npos;
  for (const std::string& secret : secrets) {
    std::set<std::string> forms{secret};
    if (has_upper) forms.insert(cased(secret, 'a', 'z'));
    if (has_lower) forms.insert(cased(secret, 'A', 'Z'));
    if (escapes_html)
      for (const std::string& form : std::set<std::string>(forms)) {
        std::string escaped;
        append_escaped(escaped, form);
        forms.insert(std::move(escaped));
      }
    forms.erase(secret);
    for (const std::string& form : forms) (void)context.put_secret("a rendered secret", form);
  }
}

}  // namespace harbor::templating
