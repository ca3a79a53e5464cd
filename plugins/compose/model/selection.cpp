#include "selection.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "suggestion.hpp"

namespace harbor::compose {
namespace {

using Strings = std::vector<std::string>;
using Names = std::set<std::string, std::less<>>;

struct Candidate {
  std::string path;
  std::string name;
  Strings tokens;  // without `x`
  bool cross = false;
  std::string rule;
  std::ptrdiff_t dots = 0;  // in the name: the first criterion of the order
};

Strings split(std::string_view text, char at) {
  Strings parts;
  for (std::size_t from = 0;;) {
    std::size_t to = text.find(at, from);
    parts.emplace_back(text.substr(from, to == std::string_view::npos ? to : to - from));
    if (to == std::string_view::npos) return parts;
    from = to + 1;
  }
}

std::string join(const Strings& names, std::string_view between) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : between).append(name);
  return text;
}

bool has_ending(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// "compose.a.b.yml" -> {compose, a, b}; nothing for other names.
Strings stem_of(std::string_view name) {
  for (std::string_view end : {".yml", ".yaml"}) {
    if (has_ending(name, end)) return split(name.substr(0, name.size() - end.size()), '.');
  }
  return {};
}

bool is_placeholder(std::string_view part) {
  return part == "*" || part == "${service}" || part == "${option}";
}

struct Pattern {
  std::string text;
  Strings parts;
};

Pattern pattern_of(const std::string& text) {
  Strings parts = stem_of(text);
  bool has_slot = std::any_of(parts.begin(), parts.end(), is_placeholder);
  if (parts.size() < 2 || !has_slot || text.find('/') != std::string::npos) {
    throw Error(HARBOR_E_INPUT, "compose.bad_pattern",
                "the include pattern '" + text + "' names no compose file",
                "write it like compose.${service}.yml; folders belong under search");
  }
  return {text, std::move(parts)};
}

/// Segment by segment; the last placeholder takes one token or more.
bool is_admitted(const Pattern& pattern, const Strings& stem) {
  const Strings& parts = pattern.parts;
  if (stem.size() < parts.size()) return false;
  const bool open = is_placeholder(parts.back());
  if (!open && stem.size() != parts.size()) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (is_placeholder(parts[i]) ? stem[i].empty() : stem[i] != parts[i]) return false;
  }
  return true;
}

bool matches_glob(std::string_view glob, std::string_view name) {
  std::size_t star = glob.find('*');
  if (star == std::string_view::npos) return glob == name;
  std::string_view head = glob.substr(0, star), tail = glob.substr(star + 1);
  if (name.size() < head.size() || name.substr(0, head.size()) != head) return false;
  for (std::size_t at = head.size(); at <= name.size(); ++at) {
    if (matches_glob(tail, name.substr(at))) return true;
  }
  return false;
}

Strings folders_of(const Tree& tree, const Strings& search) {
  Strings folders;
  for (const std::string& entry : search) {
    Strings found = {"."};
    for (const std::string& part : split(entry, '/')) {
      if (part.empty() || part == ".") continue;
      Strings next;
      for (const std::string& folder : found) {
        const std::string prefix = folder == "." ? "" : folder + "/";
        if (part.find('*') == std::string::npos) {
          next.push_back(prefix + part);
          continue;
        }
        for (const Listed& listed : tree.list(folder)) {
          // Hidden folders belong to other tools.
          if (listed.kind == FileKind::directory && listed.name.front() != '.' &&
              matches_glob(part, listed.name)) {
            next.push_back(prefix + listed.name);
          }
        }
      }
      found = std::move(next);
    }
    folders.insert(folders.end(), found.begin(), found.end());
  }
  std::sort(folders.begin(), folders.end());
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
  return folders;
}

// The order of the merge: more tokens make a file more specific, so it comes later and wins.
bool is_before(const Candidate& a, const Candidate& b) {
  if (a.dots != b.dots) return a.dots < b.dots;
  return a.name != b.name ? a.name < b.name : a.path < b.path;
}

std::vector<Candidate> candidates_of(const Tree& tree, const SelectionRules& rules) {
  std::vector<Pattern> patterns;
  for (const std::string& text : rules.include) patterns.push_back(pattern_of(text));
  std::vector<Candidate> found;
  for (const std::string& folder : folders_of(tree, rules.search)) {
    for (Listed& listed : tree.list(folder)) {
      Strings stem = listed.kind == FileKind::regular ? stem_of(listed.name) : Strings{};
      if (stem.size() < 2 || stem.front() != "compose") continue;
      Candidate file;
      file.path = folder == "." ? listed.name : folder + "/" + listed.name;
      // A base file comes first, and only once.
      if (std::count(rules.base.begin(), rules.base.end(), file.path)) continue;
      for (const Pattern& pattern : patterns) {
        if (file.rule.empty() && is_admitted(pattern, stem)) file.rule = pattern.text;
      }
      stem.erase(stem.begin());
      file.cross = std::find(stem.begin(), stem.end(), "x") != stem.end();
      stem.erase(std::remove(stem.begin(), stem.end(), "x"), stem.end());
      // The last placeholder of compose.*.${option}.yml would admit cross files although no pattern
      // asks for them.
      if (file.cross && !file.rule.empty() && file.rule.find(".x.") == std::string::npos) {
        file.rule.clear();
        for (const Pattern& pattern : patterns) {
          if (std::count(pattern.parts.begin(), pattern.parts.end(), "x")) file.rule = pattern.text;
        }
      }
      file.tokens = std::move(stem);
      file.name = std::move(listed.name);
      file.dots = std::count(file.name.begin(), file.name.end(), '.');
      found.push_back(std::move(file));
    }
  }
  std::sort(found.begin(), found.end(), is_before);
  return found;
}

/// The request, once every name is known to be a service, an option or a capability.
struct Wanted {
  Names capability_set, services, options, capabilities, excluded;
  Names owners;  // tokens that open a plain file's name
  bool every_service = false;
  bool every_option = false;

  bool is_capability(std::string_view token) const { return capability_set.count(token) > 0; }
  bool is_named(const std::string& token) const {
    if (is_capability(token)) return capabilities.count(token) > 0;
    return every_service || services.count(token) || options.count(token) || excluded.count(token);
  }
  /// `*` as an option adds to the chosen services: it never selects a file on its own.
  bool has(const std::string& token, bool is_overlay) const {
    return is_named(token) ||
           (every_option && is_overlay && !is_capability(token) && !owners.count(token));
  }
};

/// Every token of the tree that is not a capability.
Strings known_tokens(const std::vector<Candidate>& files, const Wanted& wanted) {
  Names known;
  for (const Candidate& file : files)
    for (const std::string& token : file.tokens)
      if (!wanted.is_capability(token)) known.insert(token);
  return {known.begin(), known.end()};
}

bool is_spoken_of(const std::vector<Candidate>& files, const std::string& name) {
  return std::any_of(files.begin(), files.end(), [&](const Candidate& file) {
    return std::find(file.tokens.begin(), file.tokens.end(), name) != file.tokens.end();
  });
}

void check_known(const std::vector<Candidate>& files, const Wanted& wanted, const std::string& name,
                 const char* noun, bool allow, Selection& out) {
  if (wanted.is_capability(name) || is_spoken_of(files, name)) return;
  const std::string code = std::string("compose.unknown_") + noun;
  const std::string message =
      std::string("no compose file mentions the ") + noun + " '" + name + "'";
  Strings known = known_tokens(files, wanted);
  if (*noun == 'o')
    known.insert(known.end(), wanted.capability_set.begin(), wanted.capability_set.end());
  std::string hint = suggestion::did_you_mean(name, known);
  if (!allow) {
    if (hint.empty()) hint = "`harbor run source --explain` lists every file and its tokens";
    throw Error(HARBOR_E_INPUT, code, message, hint + " (--allow-unknown carries on without it)");
  }
  out.warnings.push_back({code, message, hint, {}, false});
}

Wanted wanted_of(const std::vector<Candidate>& files, const SelectionRules& rules,
                 const SelectionRequest& request, Selection& out) {
  Wanted wanted;
  wanted.capability_set.insert(rules.capabilities.begin(), rules.capabilities.end());
  for (const Candidate& file : files) {
    if (!file.cross && !file.tokens.empty()) wanted.owners.insert(file.tokens.front());
  }
  wanted.capabilities.insert(request.capabilities.begin(), request.capabilities.end());
  wanted.capability_set.insert(request.capabilities.begin(), request.capabilities.end());
  auto take = [&](const Strings& names, Names& into, bool& every, const char* noun) {
    for (const std::string& name : names) {
      if (name == "*") {
        every = true;
      } else if (wanted.is_capability(name)) {
        wanted.capabilities.insert(name);
      } else {
        check_known(files, wanted, name, noun, request.allow_unknown, out);
        into.insert(name);
      }
    }
  };
  bool ignored = false;
  take(request.services, wanted.services, wanted.every_service, "service");
  take(request.options, wanted.options, wanted.every_option, "option");
  take(request.exclude, wanted.excluded, ignored, "service");
  return wanted;
}

FileReason judge(Candidate file, const Wanted& wanted, bool explains) {
  FileReason reason{std::move(file.path),   false, file.cross, std::move(file.rule),
                    std::move(file.tokens), {},    {},         {}};
  if (reason.rule.empty()) {
    reason.why = "no include pattern admits its name";
    return reason;
  }
  bool has_services = false, has_selected = false, is_overlay = false;
  for (const std::string& token : reason.tokens) {
    is_overlay |= !wanted.is_capability(token) && wanted.is_named(token);
  }
  for (const std::string& token : reason.tokens) {
    const bool capability = wanted.is_capability(token);
    has_services |= !capability;
    if (wanted.has(token, is_overlay)) {
      reason.matched.push_back(token);
      has_selected |= !capability;
    } else if (capability || reason.cross) {
      reason.missing.push_back(token);
    }
  }
  if (reason.tokens.size() == 1 && wanted.excluded.count(reason.tokens.front())) {
    reason.why = reason.tokens.front() + " runs natively";
    return reason;
  }
  const bool has_none = !reason.cross && has_services && !has_selected;
  if (has_none) {
    for (const std::string& token : reason.tokens) {
      if (!wanted.is_capability(token)) reason.missing.push_back(token);
    }
  }
  reason.chosen = reason.missing.empty() && !reason.tokens.empty();
  if (!explains) return reason;
  if (reason.chosen) {
    reason.why =
        join(reason.matched, " and ") + (reason.matched.size() > 1 ? " are" : " is") + " selected";
  } else if (has_none) {
    reason.why =
        (reason.missing.size() == 1 ? "needs " : "needs one of ") + join(reason.missing, ", ");
  } else {
    reason.why = "needs " + join(reason.missing, " and ");
  }
  return reason;
}

void publish(const Wanted& wanted, Selection& out) {
  Names services = wanted.services;
  if (wanted.every_service) services.insert(wanted.owners.begin(), wanted.owners.end());
  // A file may be named after a capability; that does not make it a service.
  for (const std::string& name : wanted.capability_set) services.erase(name);
  for (const std::string& name : wanted.excluded) services.erase(name);
  out.services.assign(services.begin(), services.end());
  out.options.assign(wanted.options.begin(), wanted.options.end());
  out.capabilities.assign(wanted.capabilities.begin(), wanted.capabilities.end());
}

}  // namespace

Selection select(const Tree& tree, const SelectionRules& rules, const SelectionRequest& request) {
  Selection out;
  for (const std::string& base : rules.base) {
    if (!tree.is_file(base)) {
      throw Error(HARBOR_E_NOT_FOUND, "compose.base_missing",
                  "the base file '" + base + "' is not there",
                  "create it, or name another one under source.rules.base");
    }
    out.files.push_back(base);
    out.reasons.push_back({base, true, false, base, {}, {}, {}, "a base file"});
  }
  std::vector<Candidate> files = candidates_of(tree, rules);
  const Wanted wanted = wanted_of(files, rules, request, out);
  out.reasons.reserve(out.reasons.size() + files.size());
  for (Candidate& file : files) {
    out.reasons.push_back(judge(std::move(file), wanted, request.explains));
    if (out.reasons.back().chosen) out.files.push_back(out.reasons.back().file);
  }
  publish(wanted, out);
  return out;
}

}  // namespace harbor::compose
