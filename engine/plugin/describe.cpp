#include "plugin/describe.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "plugin/schema_mark.hpp"
#include "report/code_plugin.hpp"

namespace harbor::plugin {
namespace {

// Far above what a real pack has: these limits keep Harbor from following garbage in a table.
constexpr std::size_t max_rows = 4096;
constexpr std::size_t max_text = std::size_t{16} << 20;
constexpr std::uint32_t max_struct = 64 * 1024;
constexpr std::string_view name_rule = "[a-z0-9_]+(\\.[a-z0-9_]+)*";

[[noreturn]] void fail(const std::string& what) {
  refuse(report::code::plugin_invalid_description, "has an invalid description: " + what,
         "this is a bug in the plugin: tell its author");
}

bool is_utf8(const std::string& text) {
  // Uses the library that writes these texts later, so that both agree on what UTF-8 is.
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

std::string copy_text(harbor_str text, const std::string& what) {
  if (text.len == 0) return {};
  if (text.ptr == nullptr) fail(what + " has a length, but no text");
  if (text.len > max_text) fail(what + " is longer than 16 MiB");
  // A copy: the table is the pack's own memory.
  std::string copy(text.ptr, text.len);
  if (!is_utf8(copy)) fail(what + " is not UTF-8");
  return copy;
}

void check_size(std::uint32_t found, std::size_t expected, const std::string& what) {
  // A longer struct comes from a newer SDK, and begins with the fields that are known here.
  if (found < expected || found > max_struct)
    fail("struct_size of " + what + " is " + std::to_string(found) + ", at least " +
         std::to_string(expected) + " expected");
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_action_name(std::string_view text) {
  bool needs_more = true;
  for (const char c : text) {
    if (c == '.' && needs_more) return false;
    needs_more = c == '.';
    if (c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9')) return false;
  }
  return !needs_more;
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = text.find_first_not_of(' '); begin != std::string::npos;) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(' ', end);
  }
  return words;
}

ActionInfo describe_action(const harbor_action& table, std::size_t index) {
  const std::string number = "action " + std::to_string(index + 1);
  check_size(table.struct_size, sizeof(harbor_action), number);
  ActionInfo action;
  action.name = copy_text(table.name, "the name of " + number);
  if (!is_action_name(action.name))
    fail(number + " is named '" + action.name + "', " + std::string(name_rule) + " expected");
  const std::string of = " of action '" + action.name + "'";
  if (table.execute == nullptr) fail("the function execute" + of + " is missing");
  action.doc = copy_text(table.doc, "the doc" + of);
  action.input_schema = copy_text(table.input_schema, "the input schema" + of);
  if (action.input_schema.empty()) action.input_schema = "{}";
  action.output_schema = copy_text(table.output_schema, "the output schema" + of);
  action.effects = table.effects;
  action.flags = table.flags;
  action.requires_caps = split_words(copy_text(table.requires_caps, "requires_caps" + of));
  action.provides_caps = split_words(copy_text(table.provides_caps, "provides_caps" + of));
  action.has_validate = table.validate != nullptr;
  action.has_plan = table.plan != nullptr;
  action.has_undo = table.undo != nullptr;
  action.has_status = table.status != nullptr;
  read_schema_marks(action);
  return action;
}

FailureInfo describe_failure(const harbor_failure& table, std::size_t index) {
  const std::string number = "failure " + std::to_string(index + 1);
  check_size(table.struct_size, sizeof(harbor_failure), number);
  FailureInfo failure{.code = copy_text(table.code, "the code of " + number),
                      .status = table.status,
                      .title = copy_text(table.title, "the title of " + number),
                      .explanation = copy_text(table.explanation, "the explanation of " + number)};
  if (!is_id(failure.code))
    fail("the code of " + number + " is '" + failure.code + "', as 'acme.quota' expected");
  if (failure.title.empty()) fail("the title of failure '" + failure.code + "' is missing");
  return failure;
}

void check_rows(std::size_t count, const void* rows, const std::string& what) {
  if (count > max_rows)
    fail("it has " + std::to_string(count) + " " + what + ", at most " + std::to_string(max_rows) +
         " expected");
  if (count != 0 && rows == nullptr) fail("its table of " + what + " is missing");
}

Pack describe_identity(const harbor_plugin& table) {
  Pack pack;
  pack.abi_major = table.abi_major;
  pack.abi_minor = table.abi_minor;
  pack.id = copy_text(table.id, "its id");
  pack.version = copy_text(table.version, "its version");
  pack.vendor = copy_text(table.vendor, "its vendor");
  pack.license = copy_text(table.license, "its license");
  pack.url = copy_text(table.url, "its url");
  if (!is_id(pack.id))
    fail("its id is '" + pack.id + "', a reversed domain name as 'com.example.pack' expected");
  if (pack.version.empty()) fail("its version is missing");
  if (pack.vendor.empty()) fail("its vendor is missing");
  return pack;
}

}  // namespace

Pack describe(const harbor_plugin& table) {
  if (table.abi_major != HARBOR_ABI_MAJOR)
    refuse(report::code::plugin_abi_mismatch,
           "was compiled for plugin interface " + std::to_string(table.abi_major) + "." +
               std::to_string(table.abi_minor) + ", this harbor speaks " +
               std::to_string(HARBOR_ABI_MAJOR) + "." + std::to_string(HARBOR_ABI_MINOR),
           "rebuild it with this harbor's SDK");
  check_size(table.struct_size, sizeof(harbor_plugin), "its description");
  Pack pack = describe_identity(table);
  check_rows(table.action_count, table.actions, "actions");
  check_rows(table.failure_count, table.failures, "failures");
  std::set<std::string> names;
  for (std::size_t i = 0; i < table.action_count; ++i) {
    if (table.actions[i] == nullptr) fail("action " + std::to_string(i + 1) + " is NULL");
    pack.actions.push_back(describe_action(*table.actions[i], i));
    if (!names.insert(pack.actions.back().name).second)
      fail("it has two actions named '" + pack.actions.back().name + "'");
  }
  for (std::size_t i = 0; i < table.failure_count; ++i) {
    if (table.failures[i] == nullptr) fail("failure " + std::to_string(i + 1) + " is NULL");
    pack.failures.push_back(describe_failure(*table.failures[i], i));
  }
  return pack;
}

std::optional<harbor_action> find_action(const harbor_plugin& table, std::string_view name) {
  for (std::size_t i = 0; i < table.action_count; ++i) {
    const harbor_action* found = table.actions[i];
    if (found == nullptr || std::string_view(found->name.ptr, found->name.len) != name) continue;
    // Only the fields that are known here; a newer pack's row may be longer.
    harbor_action action{};
    std::memcpy(&action, found, std::min<std::size_t>(found->struct_size, sizeof action));
    action.struct_size = sizeof action;
    return action;
  }
  return {};
}

}  // namespace harbor::plugin
