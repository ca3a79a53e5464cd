#include "plugin/trust.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plugin/examine.hpp"
#include "plugin/fault.hpp"
#include "plugin/safe_path.hpp"
#include "report/code_plugin.hpp"
#include "system/file.hpp"

namespace harbor::plugin {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr int lock_version = 1;
// One version has a different digest for each kind of machine; the oldest pin is dropped first.
constexpr std::size_t max_pins = 16;
constexpr std::size_t max_lock_size = std::size_t{1} << 20;

[[noreturn]] void fail(const fs::path& file, const std::string& what, report::Span span = {}) {
  span.file = file.string();
  throw report::Error(report::diagnose(report::code::lock_file_unreadable,
                                       "'" + file.string() + "' cannot be read: " + what,
                                       {{std::move(span), {}}},
                                       "restore it from version control, or delete it and trust "
                                       "the plugins again with harbor plugin trust FILE"));
}

/// Line and column of the byte before which parsing stopped.
report::Span place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {.file = {},
          .line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          .column = static_cast<std::uint32_t>(before.size() - line_start + 1),
          .length = 1};
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

LockFile::Entry read_entry(const fs::path& file, const std::string& path, const json& row) {
  const auto text = [&](const char* key) {
    return row.contains(key) && row[key].is_string() ? row[key].get<std::string>() : std::string();
  };
  if (!row.is_object() || !row.contains("sha256") || !row["sha256"].is_array())
    fail(file, "the entry '" + path + "' has no list 'sha256'");
  LockFile::Entry entry{.sha256 = {}, .id = text("id"), .version = text("version")};
  for (const json& pin : row["sha256"]) {
    if (!pin.is_string() || !is_sha256(pin.get<std::string>()))
      fail(file, "the entry '" + path + "' has the pin " + pin.dump() +
                     ", 64 lower-case hex digits expected");
    entry.sha256.push_back(pin.get<std::string>());
  }
  return entry;
}

json parse(const fs::path& file, const std::string& text) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    fail(file, "it is not valid JSON", place_of(text, error.byte));
  }
}

std::optional<std::string> read_text(const fs::path& file) {
  try {
    return system::read_file(file, max_lock_size);
  } catch (const report::Error& error) {
    fail(file, error.what());
  }
}

/// The name of a plugin in the lock file; `file` is a real path.
// Relative to the project, so that it means the same in every checkout.
std::string key_of(const fs::path& project, const fs::path& file) {
  return file.lexically_relative(fs::weakly_canonical(project)).generic_string();
}

fs::path locate(const fs::path& project, const fs::path& plugin) {
  return fs::weakly_canonical(plugin.is_absolute() ? plugin : project / plugin);
}

Pack examine_for_trust(const fs::path& plugin, const fs::path& real) {
  try {
    return examine(open_safely(real, real.parent_path()), [](const std::string&) {});
  } catch (const Refused& refused) {
    throw report::Error(diagnose(refused.fault(), plugin));
  }
}

void pin(LockFile::Entry& entry, const Pack& pack) {
  // Trusting another version ends the trust in the one before.
  if (entry.id != pack.id || entry.version != pack.version)
    entry = {.sha256 = {}, .id = pack.id, .version = pack.version};
  if (std::find(entry.sha256.begin(), entry.sha256.end(), pack.sha256) == entry.sha256.end())
    entry.sha256.push_back(pack.sha256);
  if (entry.sha256.size() > max_pins) entry.sha256.erase(entry.sha256.begin());
}

}  // namespace

LockFile read_lock_file(const fs::path& file) {
  LockFile lock;
  const std::optional<std::string> text = read_text(file);
  if (!text) return lock;
  const json root = parse(file, *text);
  if (!root.is_object() || !root.contains("version")) fail(file, "it has no 'version'");
  if (root["version"] != lock_version)
    fail(file, "it has version " + root["version"].dump() + ", this harbor reads version " +
                   std::to_string(lock_version));
  if (!root.contains("plugins") || !root["plugins"].is_object())
    fail(file, "it has no object 'plugins'");
  for (const auto& [path, row] : root["plugins"].items())
    lock.plugins.emplace(path, read_entry(file, path, row));
  return lock;
}

void write_lock_file(const fs::path& file, const LockFile& lock) {
  json plugins = json::object();
  for (const auto& [path, entry] : lock.plugins)
    plugins[path] = {{"sha256", entry.sha256}, {"id", entry.id}, {"version", entry.version}};
  const json root = {{"version", lock_version}, {"plugins", std::move(plugins)}};
  system::write_file(file, root.dump(2) + "\n", 0644);
}

void check_trust(const LockFile& lock, const fs::path& project, const fs::path& file,
                 std::string_view sha256) {
  const std::string key = key_of(project, file);
  const auto entry = lock.plugins.find(key);
  if (entry == lock.plugins.end())
    refuse(report::code::plugin_not_trusted,
           "belongs to the project and is not trusted: harbor.lock has no entry '" + key + "'",
           "if you know where it comes from, run: harbor plugin trust '" + key + "'");
  // Only the content decides: a file that is restored is trusted again, one that only looks the
  // same is not.
  const auto& pins = entry->second.sha256;
  if (std::find(pins.begin(), pins.end(), sha256) != pins.end()) return;
  refuse(report::code::plugin_changed_since_trusted,
         "changed since it was trusted: its SHA-256 is " + std::string(sha256) +
             ", harbor.lock expects " + (pins.empty() ? "none" : pins.back()) +
             (pins.size() > 1 ? " or one of " + std::to_string(pins.size() - 1) + " more" : ""),
         "if you know why it changed, run: harbor plugin trust '" + key +
             "'; otherwise restore the file");
}

Trusted trust(const fs::path& project, const fs::path& lock_file, const fs::path& plugin) {
  LockFile lock = read_lock_file(lock_file);
  const fs::path real = locate(project, plugin);
  // Scanned before it is pinned: what cannot be a pack is not trusted, and the user sees which
  // actions it has.
  const Pack pack = examine_for_trust(plugin, real);
  Trusted trusted{.path = key_of(project, real),
                  .id = pack.id,
                  .version = pack.version,
                  .sha256 = pack.sha256,
                  .actions = {}};
  for (const ActionInfo& action : pack.actions) trusted.actions.push_back(action.name);
  pin(lock.plugins[trusted.path], pack);
  write_lock_file(lock_file, lock);
  return trusted;
}

bool untrust(const fs::path& project, const fs::path& lock_file, const fs::path& plugin) {
  LockFile lock = read_lock_file(lock_file);
  if (lock.plugins.erase(key_of(project, locate(project, plugin))) == 0) return false;
  write_lock_file(lock_file, lock);
  return true;
}

}  // namespace harbor::plugin
