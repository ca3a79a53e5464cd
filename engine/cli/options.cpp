#include "cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>

#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
namespace po = boost::program_options;

namespace {

po::options_description describe(const std::vector<OptionSpec>& own) {
  po::options_description out;
  const auto add = [&](const OptionSpec& spec) {
    const auto name = spec.letter ? spec.name + "," + spec.letter : spec.name;
    if (spec.value.empty())
      out.add_options()(name.c_str(), spec.doc.c_str());
    else
      out.add_options()(name.c_str(), po::value<std::vector<std::string>>()->composing(),
                        spec.doc.c_str());
  };
  for (const auto& spec : global_options())
    if (std::none_of(own.begin(), own.end(),
                     [&](const OptionSpec& mine) { return mine.name == spec.name; })) {
      auto copy = spec;
      // A command's own letter wins over a global one.
      if (std::any_of(own.begin(), own.end(),
                      [&](const OptionSpec& mine) { return mine.letter == spec.letter; }))
        copy.letter = 0;
      add(copy);
    }
  for (const auto& spec : own) add(spec);
  return out;
}

const OptionSpec* find(const std::vector<OptionSpec>& specs, const std::string& word) {
  for (const auto& spec : specs)
    if (word == "--" + spec.name || (spec.letter && word == std::string("-") + spec.letter))
      return &spec;
  return nullptr;
}

/// How many words this option takes up; 0 when it is not an option.
std::size_t width(const std::string& word, const std::vector<OptionSpec>& own) {
  if (word.size() < 2 || word.front() != '-') return 0;
  const auto* spec = find(own, word);
  if (!spec) spec = find(global_options(), word);
  return spec && !spec->value.empty() ? 2 : 1;
}

/// Turns `-x a b -- c` into `-x a -x b c`: the `--` that ends a greedy option ends nothing else.
std::vector<std::string> spread_greedy(const std::vector<std::string>& words,
                                       const std::vector<OptionSpec>& own) {
  const auto end = std::find(words.begin(), words.end(), "--");
  const auto is_greedy = [&](const std::string& word) {
    const auto* spec = find(own, word);
    return spec && spec->greedy;
  };
  const auto first = std::find_if(words.begin(), end, is_greedy);
  if (end == words.end() || first == end) return words;
  std::vector<std::string> out(words.begin(), first);
  std::string option;
  for (auto at = first; at != end;) {
    const auto step =
        std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(width(*at, own)), end - at);
    if (is_greedy(*at))
      option = *at++;
    else if (step == 0)
      out.insert(out.end(), {option, *at++});
    else
      for (const auto next = at + step; at != next; ++at) out.push_back(*at);
  }
  out.insert(out.end(), end + 1, words.end());
  return out;
}

[[noreturn]] void refuse(std::string message, std::string hint) {
  throw report::Error(
      report::diagnose(report::code::bad_usage, std::move(message), {}, std::move(hint)));
}

std::string unknown_option_hint(const std::string& word, const std::vector<OptionSpec>& own,
                                const std::string& command) {
  std::vector<std::string> names;
  for (const auto& spec : own) names.push_back("--" + spec.name);
  for (const auto& spec : global_options()) names.push_back("--" + spec.name);
  auto hint = report::did_you_mean(word.substr(0, word.find('=')), names);
  const auto see = "`harbor help" + (command.empty() ? "" : " " + command) + "` lists the options";
  return hint.empty() ? see : hint;
}

std::optional<std::string> given(const Arguments& arguments, std::string_view name) {
  if (!arguments.has(name)) return std::nullopt;
  return arguments.value(name);
}

/// The value of the option at words[i], attached to it or in the next word.
std::optional<std::string> value_at(const std::vector<std::string>& words, std::size_t i,
                                    const OptionSpec& spec) {
  const auto& word = words[i];
  const auto name = "--" + spec.name;
  if (word == name || word == std::string("-") + spec.letter)
    return i + 1 < words.size() ? std::optional(words[i + 1]) : std::nullopt;
  if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
  if (word.size() > 2 && word[0] == '-' && word[1] == spec.letter) return word.substr(2);
  return std::nullopt;
}

}  // namespace

Location location_of(const Arguments& arguments) {
  return {given(arguments, "project"), given(arguments, "file")};
}

Location find_location(const std::vector<std::string>& words) {
  const auto& globals = global_options();
  const auto spec = [&](std::string_view name) -> const OptionSpec& {
    return *std::find_if(globals.begin(), globals.end(),
                         [&](const OptionSpec& each) { return each.name == name; });
  };
  Location out;
  for (std::size_t i = 0; i < words.size() && words[i] != "--";
       i += std::max<std::size_t>(width(words[i], {}), 1)) {
    if (auto folder = value_at(words, i, spec("project"))) out.folder = std::move(folder);
    if (auto file = value_at(words, i, spec("file"))) out.file = std::move(file);
  }
  return out;
}

Arguments joined(Arguments front, Arguments rest) {
  for (auto& [name, values] : rest.values) {
    auto& all = front.values[name];
    std::move(values.begin(), values.end(), std::back_inserter(all));
  }
  std::move(rest.words.begin(), rest.words.end(), std::back_inserter(front.words));
  return front;
}

const std::vector<OptionSpec>& global_options() {
  static const std::vector<OptionSpec> options = {
      {"project", 'C', "DIR",
       "the project folder; default: the nearest one above with etc/harbor.yaml", false},
      {"file", 'f', "FILE", "another descriptor for the project in the current folder", false},
      {"profile", 0, "NAME", "a profile of the descriptor", false},
      {"site", 0, "NAME", "a site: etc/sites/NAME.yaml and NAME.env", false},
      {"option", 'o', "NAME", "select overlays by option; may be repeated", true},
      {"set", 0, "KEY=VALUE", "override a value of the descriptor; may be repeated", true},
      {"jobs", 'j', "N", "how many steps may run at the same time", false},
      {"lock-timeout", 0, "TIME", "how long to wait for another run to end; default: not at all",
       false},
      {"json", 0, "", "print the result as JSON", false},
      {"events", 0, "FILE", "write the run's events as NDJSON; - is standard output", false},
      {"log", 0, "TARGET",
       "log to a file, - (standard error) or syslog; LEVEL:TARGET says how much", false},
      {"quiet", 'q', "", "print nothing but results and errors", false},
      {"verbose", 'v', "", "print what child processes print, and debug messages", false},
      {"color", 0, "WHEN", "always, never or auto", false},
      {"help", 'h', "", "explain the command", false},
  };
  return options;
}

std::optional<std::size_t> command_index(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size();) {
    const auto step = width(arguments[i], {});
    if (step == 0) return i;
    i += step;
  }
  return std::nullopt;
}

Arguments parse_arguments(const std::vector<std::string>& given, const std::vector<OptionSpec>& own,
                          bool verbatim, const std::string& command) {
  const auto words = verbatim ? given : spread_greedy(given, own);
  std::vector<std::string> optional = words;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size();) {
    const auto step = width(words[i], own);
    const bool ends = words[i] == "--" || (verbatim && step == 0);
    if (!ends) {
      i += std::max<std::size_t>(step, 1);
      continue;
    }
    const auto at = words.begin() + static_cast<std::ptrdiff_t>(i);
    optional.assign(words.begin(), at);
    rest.assign(at + (words[i] == "--" ? 1 : 0), words.end());
    break;
  }
  Arguments out;
  try {
    const auto description = describe(own);
    using Style = po::command_line_style::style_t;
    const auto parsed = po::command_line_parser(optional)
                            .options(description)
                            .style(Style::unix_style & ~Style::allow_guessing)
                            .allow_unregistered()
                            .run();
    for (const auto& option : parsed.options) {
      if (option.unregistered || option.position_key >= 0 || option.string_key.empty()) {
        const auto& word =
            option.original_tokens.empty() ? option.string_key : option.original_tokens.front();
        if (word.size() > 1 && word.front() == '-')
          refuse("unknown option '" + word.substr(0, word.find('=')) + "'",
                 unknown_option_hint(word, own, command));
        out.words.insert(out.words.end(), option.value.begin(), option.value.end());
        continue;
      }
      auto& values = out.values[option.string_key];
      values.insert(values.end(), option.value.begin(), option.value.end());
    }
  } catch (const po::error& problem) {
    refuse(problem.what(),
           "`harbor help" + (command.empty() ? "" : " " + command) + "` shows how it is called");
  }
  out.words.insert(out.words.end(), rest.begin(), rest.end());
  return out;
}

}  // namespace harbor::cli
