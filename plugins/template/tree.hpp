// What templates render to, by folder: the folders are the step's own.
#pragma once

#include <harbor/action.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "manifest.hpp"

namespace harbor::templating {

struct Rendered {
  std::string service, text, source;
  std::uint32_t mode = 0600;
  bool is_secret = false;
};

/// A folder that is the step's own.
struct Tree {
  std::string service;                    ///< that it is of; "" for one that several share
  std::map<std::string, Rendered> files;  ///< by path beneath the folder
};
/// By folder beneath the run folder. None is within another.
using Trees = std::map<std::string, Tree>;

/// Puts a file into the tree that is written to `folder`. Throws template.collision when there is
/// one of its name.
void add(Tree& tree, const std::string& folder, const std::string& name, Rendered rendered);

/// A folder within another one becomes a part of it; `fail` hears of files that collide then.
Trees fold(Trees trees, const std::function<void(const Error&)>& fail);

std::vector<OutputFile> files_of(const Tree& tree);

/// The output `configs`; `run` is the run folder from the project folder.
json configs_of(const Trees& trees, const std::string& run);

/// Folders of the last time whose entries are gone: of services that are chosen again, or of none.
std::vector<std::string> abandoned(const Manifest& before, const Trees& trees, const json& input);

/// The manifest after this run; what the run does not touch stays as it was.
Manifest manifest_of(const Manifest& before, const Trees& trees,
                     const std::vector<std::string>& gone);

}  // namespace harbor::templating
