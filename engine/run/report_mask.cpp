#include "run/report_mask.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "report/code.hpp"
#include "secret/event_mask.hpp"

namespace harbor::run {
using nlohmann::json;

namespace {

bool declares(const plan::Schema& schema, const std::string& key) {
  const auto properties = schema.definition().find("properties");
  return properties != schema.definition().end() && properties->contains(key);
}

void mask_output(const secret::Masker& masker, const plan::ResolvedAction* action, json& output) {
  secret::mask(masker, output,
               [&](const std::string& key) { return action && declares(*action->output, key); });
}

void mask_changes(const secret::Masker& masker, json& changes) {
  static const std::set<std::string> words = {"op", "target", "summary", "diff", "destructive"};
  static const json ops = {"create", "update", "delete", "run"};
  if (!changes.is_array()) return;
  for (json& change : changes) {
    const json op = change.is_object() ? change.value("op", json()) : json();
    secret::mask(masker, change, [](const std::string& key) { return words.contains(key); });
    if (std::find(ops.begin(), ops.end(), op) != ops.end()) change["op"] = op;
  }
}

/// The names of an artifact's parts are data; what Harbor says about them is not, and file names
/// are masked as in diagnostics.
void mask_origin(const secret::Masker& masker, json& origin) {
  static const std::set<std::string> words = {"file",  "line",       "column", "layer",
                                              "value", "overridden", "by"};
  if (!origin.is_object()) return;
  json masked = json::object();
  for (auto& [pointer, links] : origin.items()) {
    for (json& link : links) {
      const json file = link.is_object() ? link.value("file", json()) : json();
      secret::mask(masker, link, [](const std::string& key) { return words.contains(key); });
      if (!file.is_null()) link["file"] = file;
    }
    masked[masker.apply(pointer)] = std::move(links);
  }
  origin = std::move(masked);
}

}  // namespace

void mask(const secret::Masker& masker, plan::Catalog& catalog, RunReport& report) {
  if (masker.is_empty()) return;
  for (auto& diagnostic : report.diagnostics) secret::mask(masker, diagnostic);
  for (StepReport& step : report.steps) {
    for (auto& diagnostic : step.diagnostics) secret::mask(masker, diagnostic);
    mask_output(masker, catalog.find(step.action).action, step.output);
    mask_changes(masker, step.changes);
  }
  secret::mask(masker, report.artifacts, [](const std::string&) { return true; });
  for (auto& [artifact, origin] : report.origins) mask_origin(masker, origin);
}

json with_masked_keys(const secret::Masker& masker, const plan::Schema& schema, json value) {
  if (!value.is_object() || masker.is_empty()) return value;
  json masked = json::object();
  for (auto& [key, member] : value.items())
    masked[declares(schema, key) ? key : masker.apply(key)] = std::move(member);
  return masked;
}

std::string masked_code(const secret::Masker& masker, const plugin::Registry& registry,
                        std::string code) {
  if (report::find_code(code)) return code;
  for (const plugin::Pack& pack : registry.packs())
    for (const auto& failure : pack.failures)
      if (failure.code == code) return code;
  return masker.apply(code);
}

}  // namespace harbor::run
