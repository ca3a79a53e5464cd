// Which compose files a run consists of, chosen by name alone. Start here, then merge.hpp.
//
// compose.<token>.<token>.yml: a token of the capability set is a capability, every other one a
// service (or an option: the two share a namespace). A file is chosen when one of its services is
// selected and all of its capabilities are; with an `x` among its tokens (a cross file) when *all*
// of its tokens are.
#pragma once

#include <string>
#include <vector>

#include "tree.hpp"
#include "warning.hpp"

namespace harbor::compose {

/// The `source.rules` of a descriptor. A pattern is a file name; `${service}`, `${option}` and `*`
/// stand for one token, the last of them for one or more; a literal `x` admits cross files.
/// `search` are folders; a `*` in one stands for any folder name.
struct SelectionRules {
  std::vector<std::string> base = {"compose.yml"};
  std::vector<std::string> include = {"compose.${service}.yml", "compose.*.${option}.yml",
                                      "compose.x.${service}.${option}.yml"};
  std::vector<std::string> search = {"."};
  std::vector<std::string> capabilities = {"nvidia", "mdc", "cdi", "rocm", "build"};
};

/// What was asked for. `services` may hold `*` (every service), `options` too (every overlay of the
/// selected services whose remaining tokens are neither services nor capabilities). A capability
/// named among services or options counts as one. `exclude` names services that run natively: see
/// native.hpp.
struct SelectionRequest {
  std::vector<std::string> services;
  std::vector<std::string> options;
  std::vector<std::string> capabilities;
  std::vector<std::string> exclude;
  bool allow_unknown = false;
  bool explains = true;  ///< whether the reasons are written out
};

/// Why one file of the tree is in or out.
struct FileReason {
  std::string file;
  bool chosen = false;
  bool cross = false;  ///< an `x` among its tokens
  std::string rule;    ///< the pattern or base entry that applies to it; empty: none does
  std::vector<std::string> tokens;   ///< without `x`
  std::vector<std::string> matched;  ///< tokens that are selected
  std::vector<std::string> missing;  ///< tokens that would have to be selected
  std::string why;  ///< if `explains`, one clause: "webui is selected", "needs nvidia"
};

struct Selection {
  std::vector<std::string> files;  ///< in merge order: base files, then by dots, then by bytes
  std::vector<std::string>
      services;  ///< selected, sorted; `*` resolved to every service of the tree
  std::vector<std::string> options;       ///< selected and not services, sorted
  std::vector<std::string> capabilities;  ///< selected, sorted
  std::vector<FileReason>
      reasons;  ///< every compose file seen, in the same order as `files` would have
  std::vector<Warning> warnings;
};

/// Lists the search folders and chooses. Reads no file.
/// Throws compose.base_missing, compose.unknown_service, compose.unknown_option,
/// compose.bad_pattern.
Selection select(const Tree& tree, const SelectionRules& rules, const SelectionRequest& request);

}  // namespace harbor::compose
