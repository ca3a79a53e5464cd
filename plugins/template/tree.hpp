// What templates render to, by folder. The step owns these folders.
#pragma once

#include <harbor/action.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "manifest.hpp"
#include "marked.hpp"

namespace harbor::templating {

struct Rendered {
  std::string service, text, source;
  std::uint32_t mode = 0600;
  bool is_secret = false;
  std::vector<Stretch> secrets = {};  ///< what of the text came from secrets
  std::uint32_t owner = 0;            ///< the user of the service, where it holds a secret
};

/// A folder that the step owns.
struct Tree {
  std::string service;                    ///< whose it is; "" for one that several share
  std::map<std::string, Rendered> files;  ///< by path beneath the folder
};
/// By folder beneath the run folder. After fold() none is within another.
using Trees = std::map<std::string, Tree>;

/// Puts a file into the tree that is written to `folder`. Throws template.collision when there is
/// one of its name.
void add(Tree& tree, const std::string& folder, const std::string& name, Rendered rendered);

/// Makes a folder within another one a part of it; `fail` is called for files that then collide.
Trees fold(Trees&& trees, const std::function<void(const Error&)>& fail);

std::vector<OutputFile> files_of(const Tree& tree);

/// The output `configs`; `run` is the run folder from the project folder.
json configs_of(const Context& context, const Trees& trees, const std::string& run);

/// The output `folders`, those that are not any more included.
json folders_of(const Trees& trees, const std::vector<std::string>& gone, const std::string& run);

/// Folders written last time whose entries are gone. Folders of services that are not chosen this
/// time are left alone.
std::vector<std::string> abandoned(const Manifest& before, const Trees& trees, const json& input);

/// The manifest after this run; what the run does not touch stays as it was.
Manifest manifest_of(const Manifest& before, const Trees& trees,
                     const std::vector<std::string>& gone);

}  // namespace harbor::templating
