#include "report/code.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "report/code_command.hpp"
#include "report/code_document.hpp"
#include "report/code_plugin.hpp"
#include "report/code_process.hpp"
#include "report/code_run.hpp"
#include "report/code_sdk.hpp"
#include "report/code_secret.hpp"
#include "report/code_store.hpp"
#include "report/code_workflow.hpp"

namespace harbor::report {
namespace {

template <std::size_t... N>
constexpr auto join(const std::array<Code, N>&... rows) {
  std::array<Code, (N + ...)> all{};
  auto end = all.begin();
  ((end = std::copy(rows.begin(), rows.end(), end)), ...);
  return all;
}

constexpr auto table = join(document_codes, workflow_codes, plugin_codes, run_codes, process_codes,
                            secret_codes, store_codes, command_codes, sdk_codes);

constexpr bool is_ascending() {
  return std::adjacent_find(table.begin(), table.end(), [](const Code& a, const Code& b) {
           return a.id >= b.id;
         }) == table.end();
}
static_assert(is_ascending(), "codes are listed once each, in order");

}  // namespace

std::span<const Code> codes() noexcept { return table; }

const Code* find_code(std::string_view id) noexcept {
  const auto row =
      std::lower_bound(table.begin(), table.end(), id,
                       [](const Code& code, std::string_view key) { return code.id < key; });
  return row != table.end() && row->id == id ? &*row : nullptr;
}

Diagnostic diagnose(std::string_view id, std::string message, std::vector<Label> labels,
                    std::string hint) {
  Diagnostic diagnostic;
  diagnostic.code = id;
  diagnostic.message = std::move(message);
  diagnostic.labels = std::move(labels);
  diagnostic.hint = std::move(hint);
  if (const Code* code = find_code(id)) diagnostic.exit = code->exit;
  return diagnostic;
}

}  // namespace harbor::report
