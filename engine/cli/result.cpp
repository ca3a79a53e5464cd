#include "cli/result.hpp"

#include <algorithm>
#include <ostream>

namespace harbor::cli {
using nlohmann::json;

json to_json(const run::RunReport& report) {
  json steps = json::array();
  for (const auto& step : report.steps) {
    json item = {{"id", step.id},
                 {"stage", step.stage},
                 {"action", step.action},
                 {"outcome", to_string(step.outcome)},
                 {"seconds", std::chrono::duration<double>(step.elapsed).count()}};
    if (!step.changes.is_null()) item["changes"] = step.changes;
    steps.push_back(std::move(item));
  }
  json diagnostics = json::array();
  for (const auto& diagnostic : report.diagnostics)
    diagnostics.push_back(report::to_json(diagnostic));
  return {{"run", report.run_id},
          {"outcome", to_string(report.outcome)},
          {"exit", static_cast<int>(report.exit())},
          {"seconds", std::chrono::duration<double>(report.elapsed).count()},
          {"steps", std::move(steps)},
          {"diagnostics", std::move(diagnostics)}};
}

void print_diagnostics(const Invocation& call, const report::Diagnostics& diagnostics) {
  if (call.arguments.has("json")) {
    json all = json::array();
    for (const auto& diagnostic : diagnostics) all.push_back(report::to_json(diagnostic));
    print_json(*call.context.out, {{"diagnostics", std::move(all)}});
    return;
  }
  const auto& view = call.view;
  for (const auto& diagnostic : diagnostics)
    *call.context.err << report::render(diagnostic, view.source, {view.color, view.width});
}

json results_of(const run::RunReport& report, const std::vector<std::string>& stages,
                plan::Catalog& catalog) {
  json results = json::object();
  for (const auto& step : report.steps) {
    if (!step.output.is_object() ||
        std::find(stages.begin(), stages.end(), step.stage) == stages.end())
      continue;
    const auto* action = catalog.find(step.action).action;
    if (!action) continue;
    for (const auto& name : action->info->results)
      if (step.output.contains(name)) results[name] = step.output[name];
  }
  return results;
}

void print_results(std::ostream& out, const json& results) {
  for (const auto& [name, value] : results.items()) {
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      out << text << (text.empty() || text.back() == '\n' ? "" : "\n");
    } else if (value.is_array()) {
      out << name << ":\n";
      for (const auto& item : value)
        out << "  " << (item.is_string() ? item.get<std::string>() : item.dump()) << '\n';
    } else {
      out << name << ": " << value.dump() << '\n';
    }
  }
}

void print_json(std::ostream& out, const json& value) {
  out << value.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void print_table(std::ostream& out, const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width;
  const auto measure = [&](const std::vector<std::string>& row) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  };
  measure(header);
  for (const auto& row : rows) measure(row);
  const auto print = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      const bool more = std::any_of(row.begin() + static_cast<std::ptrdiff_t>(i) + 1, row.end(),
                                    [](const std::string& cell) { return !cell.empty(); });
      if (more) out << std::string(width[i] - row[i].size() + 2, ' ');
    }
    out << '\n';
  };
  if (!header.empty()) print(header);
  for (const auto& row : rows) print(row);
}

}  // namespace harbor::cli
