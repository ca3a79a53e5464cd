// What is known about an action pack without its code: the content of a scan and of the registry
// cache.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/diagnostic.hpp"

namespace harbor::plugin {

/// The face of an action on the command line.
struct Face {
  std::string command;            ///< "logs"; several words for nested commands
  std::vector<std::string> args;  ///< properties filled by positional arguments
  bool verbatim = false;          ///< no options after the first positional
  std::string print;              ///< output property printed to standard output
  std::string exit;               ///< output property that becomes the exit status
};

/// A property of a schema bound to an artifact.
struct Binding {
  std::string property;
  std::string artifact;
  bool required = false;
  /// Consumed: a command takes the one that the last deploy recorded. Published: it is recorded for
  /// destroy and later commands.
  bool recorded = false;
  /// Consumed: the warning of a command that goes on without it when the steps that provide it
  /// fail. Empty: the command fails as well.
  std::string otherwise = {};
};

/// What else the input schema tells Harbor itself about a property.
struct PropertyMarks {
  std::string name = {};
  bool literal = false;         ///< `${...}` in it is the action's own language
  bool writes = false;          ///< the action writes only if this property asks for it
  bool greedy = false;          ///< its option takes every word before a `--`
  char letter = 0;              ///< of its option; 0 for none
  std::string value_name = {};  ///< what help calls the option's value; empty for the usual word
  std::string instead = {};     ///< given the option, a command calls this action
};

/// Where the names of an artifact's parts are, so that `harbor why` can find a part by its name
/// alone.
struct Naming {
  std::string artifact;
  std::size_t depth = 1;  ///< the keys at this depth are names; 1 is the top
  std::string uses;       ///< the artifact whose "NAME.uses" say who uses a name
};

struct ActionInfo {
  std::string name;
  std::string doc;
  std::string input_schema;  ///< JSON text; "{}" when the pack gives none
  std::string output_schema;
  std::uint64_t effects = 0;  ///< HARBOR_FX_*
  std::uint32_t flags = 0;    ///< HARBOR_AF_*
  std::vector<std::string> requires_caps;
  std::vector<std::string> provides_caps;
  bool has_validate = false, has_plan = false, has_undo = false, has_status = false;
  // What the schemas tell Harbor itself; only schema_mark.hpp reads it.
  std::string section;  ///< "prepare.env" or empty
  std::optional<Face> face;
  std::vector<std::string> hooks;  ///< points that the action raises
  std::vector<Binding> consumes;
  std::vector<Binding> publishes;
  std::vector<PropertyMarks> marked;  ///< input properties that have any
  std::vector<std::string> results;   ///< output properties that `harbor run STAGE` prints
  std::vector<Naming> namings;        ///< of artifacts that it publishes

  /// The marks of an input property; empty marks if it has none.
  [[nodiscard]] const PropertyMarks& marks(std::string_view property) const noexcept;
  /// The artifact that an input property takes, or an output property is published as; or nothing.
  [[nodiscard]] const Binding* consumed(std::string_view property) const noexcept;
  [[nodiscard]] const Binding* published(std::string_view property) const noexcept;
};

struct FailureInfo {
  std::string code;
  int status = 0;  ///< harbor_status
  std::string title;
  std::string explanation;
};

/// Where a pack was found; decides which checks it must pass before its code may run.
enum class Place : std::uint8_t {
  stock,    ///< beside the engine
  system,   ///< /usr/lib/harbor/plugins, /usr/local/lib/harbor/plugins
  user,     ///< $XDG_DATA_HOME/harbor/plugins
  listed,   ///< HARBOR_PLUGIN_PATH
  project,  ///< inside the project folder, or named by its descriptor and in none of the above:
            ///< needs trust
};

[[nodiscard]] std::string_view to_string(Place place) noexcept;

/// Identifies the content of a file: a file that is replaced or written to has a different
/// identity.
struct Identity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Pack {
  std::filesystem::path file;  ///< absolute, symbolic links resolved
  Identity identity;           ///< of what was scanned
  Place place = Place::stock;
  std::string id, version, vendor, license, url;
  unsigned abi_major = 0, abi_minor = 0;
  std::string sha256;  ///< lower-case hex
  std::vector<ActionInfo> actions;
  std::vector<FailureInfo> failures;
};

/// A file that was found and is not used, and why (H03xx).
struct Refusal {
  std::filesystem::path file;
  Place place = Place::stock;
  report::Diagnostic diagnostic;
};

}  // namespace harbor::plugin
