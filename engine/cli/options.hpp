// The command line: options that every command knows, and those of one command.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/view.hpp"

namespace harbor::cli {

/// An option of a command, as help and completion show it.
struct OptionSpec {
  std::string name;   ///< "capabilities"
  char letter = 0;    ///< 'x', or 0
  std::string value;  ///< "NAME" when it takes one, else a flag
  std::string doc;
  bool repeated = false;
  bool greedy = false;  ///< with a `--` after it, every word before the `--` is a value of it
};

/// What was given on the command line, without the command's name.
struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>>
      values;                      ///< options with their values; flags with none
  std::vector<std::string> words;  ///< positional arguments

  [[nodiscard]] bool has(std::string_view name) const { return values.find(name) != values.end(); }
  [[nodiscard]] std::string value(std::string_view name, const std::string& fallback = {}) const {
    const auto found = values.find(name);
    return found == values.end() || found->second.empty() ? fallback : found->second.back();
  }
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<std::string>{} : found->second;
  }
};

/// Where to look for the project: -C and -f.
struct Location {
  std::optional<std::string> folder, file;

  friend bool operator==(const Location&, const Location&) = default;
};
[[nodiscard]] Location location_of(const Arguments& arguments);

/// The same before all words can be parsed: which other options exist may depend on the project.
/// Looks as far as `--`.
[[nodiscard]] Location find_location(const std::vector<std::string>& words);

/// `front` and then `rest`, as if they had been read together.
[[nodiscard]] Arguments joined(Arguments front, Arguments rest);

/// Options of every command.
[[nodiscard]] const std::vector<OptionSpec>& global_options();

/// The index of the first word that is neither an option nor an option's value, or nothing.
[[nodiscard]] std::optional<std::size_t> command_index(const std::vector<std::string>& arguments);

/// Reads the words, which may mix options and positionals. `--` ends the options; with `verbatim`,
/// the first positional does. After a greedy option `--` ends its values instead, unless
/// `verbatim`. Throws report::Error H0802 with a suggestion.
[[nodiscard]] Arguments parse_arguments(const std::vector<std::string>& words,
                                        const std::vector<OptionSpec>& own, bool verbatim,
                                        const std::string& command);

}  // namespace harbor::cli
