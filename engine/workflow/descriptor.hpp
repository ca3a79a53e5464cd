// The descriptor: all harbor.yaml files that apply, merged layer by layer.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "document/value.hpp"
#include "workflow/project.hpp"
#include "workflow/request.hpp"

namespace harbor::workflow {

/// The seam to the file system; main() hands in the real one.
struct FileSystem {
  std::function<std::optional<std::string>(const std::filesystem::path&)>
      read;  ///< nothing when there is no file; throws report::Error when it cannot be read
  std::function<std::vector<std::string>(const std::filesystem::path&)>
      list;  ///< names of sub-folders, sorted; none when there is no folder; throws as `read` does
};

[[nodiscard]] FileSystem real_file_system();

/// Lists that grow from layer to layer, so that a service's file adds steps: see
/// document::lay_over().
[[nodiscard]] const std::vector<std::string>& growing_lists();

/// The merged descriptor and the request completed with the profile.
struct Descriptor {
  Project project;
  Request request;
  document::Value root;
  document::Sources sources;

  [[nodiscard]] report::Span span(const document::Mark& mark) const {
    return document::to_span(mark, sources);
  }
};

/// Layers, lowest first: the project's descriptor, stacks/<service>/harbor.yaml of each selected
/// service, the profile's own `descriptor:` members, etc/sites/<site>.yaml, --set. Throws
/// report::Error with every error that was found.
[[nodiscard]] Descriptor load_descriptor(const Project& project, Request request,
                                         const FileSystem& files);

/// The profiles of the project's descriptor, in the written order; none where it cannot be parsed.
/// Throws what `files.read` throws.
[[nodiscard]] std::vector<std::string> profile_names(const Project& project,
                                                     const FileSystem& files);

}  // namespace harbor::workflow
