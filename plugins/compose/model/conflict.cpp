#include "conflict.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "scalar.hpp"
#include "short_form.hpp"
#include "suggestion.hpp"

namespace harbor::compose {
namespace {

// A variable may be used in every file; showing all uses would bury the message.
constexpr std::size_t most_labels = 5;

void add_ports(std::vector<Published>& out, std::string_view service, const Node& item,
               const Lookup& lookup) {
  if (item.kind == Kind::scalar) {
    auto text = substituted(value_text(item), lookup);
    auto ports = text ? parse_ports(*text) : std::nullopt;
    if (!ports) return;
    for (const Port& port : *ports) {
      out.push_back(
          {std::string(service), port.host_ip, port.published, port.protocol, item.place});
    }
    return;
  }
  auto field = [&](const char* key, const char* otherwise) {
    const Node* held = get(&item, key);
    return held == nullptr ? std::string(otherwise)
                           : substituted(value_text(*held), lookup).value_or("");
  };
  out.push_back({std::string(service), field("host_ip", ""), field("published", ""),
                 field("protocol", "tcp"), item.place});
}

bool is_everywhere(const std::string& ip) { return ip.empty() || ip == "0.0.0.0" || ip == "::"; }

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : "', '") + name;
  return text + "'";
}

}  // namespace

std::vector<Published> published_ports(const Project& project, const Lookup& lookup) {
  std::vector<Published> all;
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    const Node* ports = get(services->entries[i].value, "ports");
    for (std::uint32_t j = 0; ports != nullptr && ports->kind == Kind::sequence && j < ports->size;
         ++j) {
      add_ports(all, services->entries[i].key, *ports->items[j], lookup);
    }
  }
  return all;
}

std::vector<Warning> check_ports(const Project& project, const Lookup& lookup) {
  std::vector<Warning> out;
  const std::vector<Published> all = published_ports(project, lookup);
  std::map<std::string, std::vector<const Published*>> taken;
  for (const Published& one : all) {
    // A request for any free port, or one from a range, collides with nothing.
    if (one.port.empty() || one.port.find('-') != std::string::npos) continue;
    std::vector<const Published*>& others = taken[one.port + "/" + one.protocol];
    for (const Published* other : others) {
      if (other->service == one.service) continue;
      if (other->host_ip != one.host_ip && !is_everywhere(other->host_ip) &&
          !is_everywhere(one.host_ip))
        continue;
      out.push_back({"compose.port_taken",
                     "'" + one.service + "' and '" + other->service + "' both publish port " +
                         one.port + "/" + one.protocol,
                     "give one of them another port",
                     {project.store->label(one.place, one.service),
                      project.store->label(other->place, other->service)},
                     true});
      break;
    }
    others.push_back(&one);
  }
  return out;
}

std::vector<Warning> check_dependencies(const Project& project) {
  std::vector<Warning> out;
  const std::vector<std::string> names = service_names(project);
  const Node* services = get(project.root, "services");
  for (std::uint32_t i = 0; services != nullptr && i < services->size; ++i) {
    const Node* wanted = get(services->entries[i].value, "depends_on");
    for (std::uint32_t j = 0; wanted != nullptr && wanted->kind != Kind::scalar && j < wanted->size;
         ++j) {
      const bool is_map = wanted->kind == Kind::mapping;
      const std::string name(is_map ? wanted->entries[j].key : wanted->items[j]->text);
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      // With `required: false` the dependency is optional.
      const Node* required = is_map ? get(wanted->entries[j].value, "required") : nullptr;
      std::string hint = suggestion::did_you_mean(name, names);
      out.push_back(
          {"compose.dependency_missing",
           std::string("'").append(services->entries[i].key).append("' depends on '") + name +
               "', which is not selected",
           hint.empty()
               ? std::string("select '").append(name).append("' as well, or remove the dependency")
               : hint,
           {project.store->label(is_map ? wanted->entries[j].place : wanted->items[j]->place,
                                 name)},
           required == nullptr || value_text(*required) != "false"});
    }
  }
  return out;
}

std::vector<Warning> check_cross_files(const Selection& selection,
                                       const std::vector<std::string>& capabilities) {
  std::set<std::string> known(capabilities.begin(), capabilities.end());
  for (const FileReason& reason : selection.reasons) {
    if (!reason.cross) known.insert(reason.tokens.begin(), reason.tokens.end());
  }
  const std::vector<std::string> names(known.begin(), known.end());
  std::vector<Warning> out;
  for (const FileReason& reason : selection.reasons) {
    std::vector<std::string> strange;
    for (const std::string& token : reason.tokens) {
      if (reason.cross && known.count(token) == 0) strange.push_back(token);
    }
    if (strange.empty()) continue;
    std::string hint = suggestion::did_you_mean(strange.front(), names);
    out.push_back(
        {"compose.cross_file_token",
         reason.file + " waits for " + joined(strange) + ", which no other file has",
         hint.empty() ? "rename the file, or add compose." + strange.front() + ".yml" : hint,
         {Label{reason.file, 0, 0, 0, {}}},
         false});
  }
  return out;
}

std::vector<Warning> check_variables(const Project& project, const Lookup& lookup) {
  struct Unset {
    bool is_required = false;
    std::string message;
    std::vector<Label> labels;
  };
  std::map<std::string, Unset> unset;
  each_scalar(*project.root, [&](const Node& node) {
    if (node.text.find('$') == std::string_view::npos) return;
    for (const VariableUse& use : variables_in(node.text)) {
      const auto value = lookup(use.name);
      const bool is_strict = !use.mark.empty() && use.mark[0] == ':';
      const char kind = use.mark.empty() ? ' ' : use.mark.back();
      // With a default or a replacement no value is needed.
      if (kind == '-' || kind == '+' || (value && !(is_strict && value->empty()))) continue;
      Unset& one = unset[use.name];
      one.is_required |= kind == '?';
      if (kind == '?' && one.message.empty()) one.message = use.rest;
      if (one.labels.size() < most_labels)
        one.labels.push_back(project.store->label(node.place, use.name));
    }
  });
  std::vector<Warning> out;
  for (auto& [name, one] : unset) {
    const std::string end = one.message.empty() ? "" : ": " + one.message;
    out.push_back(
        {one.is_required ? "compose.variable_required" : "compose.variable_unset",
         "the variable " + name + " has no value" + end,
         one.is_required ? "set it in an env source" : "set it, or write ${" + name + ":-default}",
         std::move(one.labels), one.is_required});
  }
  return out;
}

}  // namespace harbor::compose
