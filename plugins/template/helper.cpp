#include "helper.hpp"

#include <algorithm>
#include <iterator>

namespace harbor::templating {
namespace {

constexpr HelperRow rows[] = {
    {"if", Helper::if_, true, 1, 1, "{{#if VALUE}} ... {{else}} ... {{/if}}"},
    {"unless", Helper::unless, true, 1, 1, "{{#unless VALUE}} ... {{else}} ... {{/unless}}"},
    {"each", Helper::each, true, 1, 1, "{{#each LIST}} ... {{else}} ... {{/each}}"},
    {"with", Helper::with, true, 1, 1, "{{#with VALUE}} ... {{else}} ... {{/with}}"},
    {"upper", Helper::upper, false, 1, 1, "{{upper TEXT}}"},
    {"lower", Helper::lower, false, 1, 1, "{{lower TEXT}}"},
    {"default", Helper::default_, false, 2, 2, "{{default VALUE FALLBACK}}"},
    {"join", Helper::join, false, 1, 2, "{{join LIST \", \"}}"},
    {"eq", Helper::eq, false, 2, 2, "{{#if (eq A B)}} ... {{/if}}"},
    {"json", Helper::json, false, 1, 1, "{{json VALUE}}"},
};

}  // namespace

const HelperRow* find_helper(std::string_view name) {
  const auto found = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const HelperRow& row) { return row.name == name; });
  return found == std::end(rows) ? nullptr : found;
}

const HelperRow& row_of(Helper helper) {
  return *std::find_if(std::begin(rows), std::end(rows),
                       [&](const HelperRow& row) { return row.helper == helper; });
}

}  // namespace harbor::templating
