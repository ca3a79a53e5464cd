// Many compose files into one document, as Compose itself would: merge(tree, selection.files), then
// to_yaml().
//
// Compose 2.40 (compose-go 2.9) is the reference: each document of each file is read, its `extends`
// resolved, the values that its `!reset` and `!override` name are removed from earlier documents,
// its `include` is added, and then it is joined (join.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "node.hpp"
#include "tree.hpp"
#include "warning.hpp"

namespace harbor::compose {

/// An `x-harbor-*` key: data for Harbor, not part of the output.
struct HarborKey {
  std::string section;  ///< "services", "volumes", ...; empty at the top level
  std::string name;     ///< of the service, volume, ...; empty at the top level
  std::string key;      ///< "x-harbor-native"
  Place place;
  const Node* value = nullptr;
};

/// One document in the order of joining, after its own extends and include.
struct Layer {
  std::uint32_t file = 0;
  const Node* root = nullptr;
  std::vector<std::vector<std::string_view>> resets;
};

/// The merged document. Nodes live as long as the store.
struct Project {
  std::shared_ptr<Store> store;
  Node* root = nullptr;
  std::vector<Layer> layers;
  std::vector<HarborKey> harbor;
  std::vector<Warning> warnings;
};

/// Relative paths stay relative to the project folder; those of included and extended files are
/// rewritten to it. Throws what parse() and Joiner throw, and compose.file_missing,
/// compose.no_documents, compose.bad_services, compose.bad_extends, compose.extends_missing,
/// compose.extends_cycle, compose.bad_include, compose.include_cycle, compose.include_conflict,
/// compose.remote_include.
Project merge(const Tree& tree, const std::vector<std::string>& files);

/// The names of the services, in order of appearance.
std::vector<std::string> service_names(const Project& project);

}  // namespace harbor::compose
