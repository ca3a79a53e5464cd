#include "layer.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace harbor::env {
namespace {

/// For a place in a file with secrets: an excerpt of the line would show its content.
void hide(std::string& message, Label& label) {
  if (label.line != 0) message += ", line " + std::to_string(label.line) + " of " + label.file;
  label = {label.file, 0, 0, 0, {}};
}

bool is_secret(const Layer& layer) {
  return layer.is_secret || layer.type == LayerType::secrets || layer.type == LayerType::sops;
}

/// Whether the file's content is private to its owner: secrets, and a user's own settings.
bool is_private(const Layer& layer) { return is_secret(layer) || layer.type == LayerType::dotenv; }

/// Without white space and quotes at both ends.
std::string_view bare(std::string_view text) {
  constexpr std::string_view around = " \t\r\"'";
  const auto from = std::min(text.find_first_not_of(around), text.size());
  const auto last = text.find_last_not_of(around);
  return text.substr(from, last == std::string_view::npos ? 0 : last + 1 - from);
}

const Origin* find(const Environment& environment, std::string_view key) {
  const auto found = environment.find(key);
  return found == environment.end() ? nullptr : &found->second.back();
}

std::optional<std::string> value_of(const Environment& environment, std::string_view key) {
  const Origin* origin = find(environment, key);
  return origin ? std::optional(origin->value) : std::nullopt;
}

void put(Environment& environment, const std::string& key, Origin origin) {
  Chain& chain = environment[key];
  if (!chain.empty()) chain.back().is_overridden = true;
  chain.push_back(std::move(origin));
}

Origin origin_in(const Layer& layer, unsigned line, unsigned column, std::string value) {
  Origin origin;
  origin.layer = layer.type;
  origin.file = layer.file;
  origin.line = line;
  origin.column = column;
  origin.service = layer.service;
  origin.value = std::move(value);
  origin.is_secret = is_secret(layer);
  return origin;
}

/// Applies layers to an environment, in their order.
class Fold {
 public:
  Fold(const Environment& host, const Expander& expand) : host_(host), expand_(expand) {}

  void add(Environment& environment, const Layer& layer, std::vector<Warning>& warnings) const {
    if (!layer.text.empty()) add_text(environment, layer, warnings);
    for (const Entry& entry : layer.entries)
      put(environment, entry.key, origin_in(layer, entry.line, entry.column, entry.value));
  }

 private:
  void add_text(Environment& environment, const Layer& layer,
                std::vector<Warning>& warnings) const {
    const DotenvContext context{
        .file = layer.file,
        .expand = expand_,
        .is_secret = is_secret(layer),
        .environment = [this](std::string_view name) { return value_of(host_, name); },
        .earlier = [&](std::string_view name) { return value_of(environment, name); }};
    Dotenv file = parse(layer, context);
    std::move(file.warnings.begin(), file.warnings.end(), std::back_inserter(warnings));
    for (Assignment& assignment : file.assignments) {
      // Secrecy is contagious: DATABASE_URL in a plain file is secret once it has ${DB_PASSWORD} in
      // it.
      Origin origin =
          origin_in(layer, assignment.line, assignment.column, std::move(assignment.value));
      for (const std::string& used : assignment.uses)
        origin.is_secret = origin.is_secret || is_secret_value(environment, used);
      origin.uses = std::move(assignment.uses);
      put(environment, assignment.key, std::move(origin));
    }
  }

  static Dotenv parse(const Layer& layer, const DotenvContext& context) {
    if (!is_private(layer)) return parse_dotenv(layer.text, context);
    try {
      Dotenv file = parse_dotenv(layer.text, context);
      for (Warning& warning : file.warnings) hide(warning.message, warning.label);
      return file;
    } catch (Error& error) {
      for (Label& label : error.labels) hide(error.message, label);
      throw;
    }
  }

  bool is_secret_value(const Environment& environment, std::string_view name) const {
    // In the order in which the value was looked up; otherwise it could be the origin of another
    // value.
    const Origin* origin = find(host_, name);
    if (!origin) origin = find(environment, name);
    return origin && origin->is_secret;
  }

  const Environment& host_;
  const Expander& expand_;
};

Environment host_entries(const std::vector<Layer>& layers) {
  Environment host;
  for (const Layer& layer : layers) {
    if (layer.type != LayerType::host) continue;
    for (const Entry& entry : layer.entries)
      put(host, entry.key, origin_in(layer, entry.line, entry.column, entry.value));
  }
  return host;
}

/// What is in `all` but not, or differently, in `shared`.
Environment difference(Environment all, const Environment& shared) {
  std::erase_if(all, [&](const auto& item) {
    const auto found = shared.find(item.first);
    return found != shared.end() && found->second == item.second;
  });
  return all;
}

// Every service reads the shared layers anew, so their warnings come up once per service.
using Seen = std::set<std::tuple<std::string, std::string, std::string, unsigned, unsigned>>;

void keep_first_of_each(std::vector<Warning>& warnings) {
  Seen seen;
  std::erase_if(warnings, [&](const Warning& warning) {
    const Label& at = warning.label;
    return !seen.emplace(warning.code, warning.message, at.file, at.line, at.column).second;
  });
}

void keep_first_of_each(std::vector<Error>& errors) {
  Seen seen;
  std::erase_if(errors, [&](const Error& error) {
    const Label at = error.labels.empty() ? Label() : error.labels.front();
    return !seen.emplace(error.code, error.message, at.file, at.line, at.column).second;
  });
}

}  // namespace

std::string_view name_of(LayerType type) {
  switch (type) {
    case LayerType::sys:
      return "sys";
    case LayerType::site:
      return "site";
    case LayerType::service:
      return "service";
    case LayerType::dotenv:
      return "dotenv";
    case LayerType::native:
      return "native";
    case LayerType::secrets:
      return "secrets";
    case LayerType::sops:
      return "sops";
    case LayerType::host:
      return "host";
  }
  return "";
}

Merged merge(const std::vector<Layer>& layers, const Expander& expand) {
  std::vector<const Layer*> ordered;
  std::set<std::string> services;
  for (const Layer& layer : layers) {
    ordered.push_back(&layer);
    if (!layer.service.empty()) services.insert(layer.service);
  }
  // Stable, since within a type the order of `sources` decides.
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Layer* a, const Layer* b) { return a->type < b->type; });

  const Environment host = host_entries(layers);
  const Fold fold(host, expand);
  Merged merged;
  // Each service's environment is folded from scratch rather than patched: a weak layer of its own
  // may change a variable that a stronger, shared layer refers to.
  const auto fold_for = [&](const std::string& service) {
    Environment environment;
    for (const Layer* layer : ordered) {
      if (layer->service.empty() || layer->service == service) try {
          fold.add(environment, *layer, merged.warnings);
        } catch (Error& error) {
          merged.errors.push_back(std::move(error));
        }
    }
    return environment;
  };
  merged.shared = fold_for({});
  for (const std::string& service : services)
    merged.services[service] = difference(fold_for(service), merged.shared);
  keep_first_of_each(merged.warnings);
  keep_first_of_each(merged.errors);
  return merged;
}

std::vector<Entry> written_secrets(const std::vector<Layer>& layers) {
  std::vector<Entry> secrets;
  for (const Layer& layer : layers) {
    if (!is_secret(layer)) continue;
    secrets.insert(secrets.end(), layer.entries.begin(), layer.entries.end());
    for (std::string_view rest = layer.text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      // A line without an equals sign is part of a multi-line value.
      const auto sign = line.find('=');
      const auto name = sign == std::string_view::npos ? "" : bare(line.substr(0, sign));
      const auto value = bare(sign == std::string_view::npos ? line : line.substr(sign + 1));
      if (!value.empty() && !value.starts_with('#'))
        secrets.push_back({std::string(name), std::string(value), 0, 0});
    }
  }
  return secrets;
}

Environment environment_of(const Merged& merged, std::string_view service) {
  Environment environment = merged.shared;
  const auto own = merged.services.find(std::string(service));
  if (own == merged.services.end()) return environment;
  for (const auto& [key, chain] : own->second) environment[key] = chain;
  return environment;
}

}  // namespace harbor::env
