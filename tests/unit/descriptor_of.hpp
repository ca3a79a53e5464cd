// Descriptors out of text, and packs made by hand, for tests of engine/workflow.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plugin/registry.hpp"
#include "plugin/schema_mark.hpp"
#include "report/diagnostic.hpp"
#include "workflow/descriptor.hpp"

namespace harbor {

/// Files of a project by their path beneath it.
using Texts = std::map<std::string, std::string>;

inline workflow::FileSystem file_system(const Texts& texts) {
  const auto name = [](const std::filesystem::path& path) {
    return path.lexically_relative("/project").string();
  };
  return {[texts, name](const std::filesystem::path& path) -> std::optional<std::string> {
            const auto found = texts.find(name(path));
            if (found == texts.end()) return std::nullopt;
            return found->second;
          },
          [texts, name](const std::filesystem::path& path) {
            std::vector<std::string> names;
            for (const auto& [file, text] : texts) {
              const auto relative = std::filesystem::path(file).lexically_relative(name(path));
              if (!relative.empty() && *relative.begin() != ".." &&
                  std::distance(relative.begin(), relative.end()) > 1)
                if (names.empty() || names.back() != relative.begin()->string())
                  names.push_back(relative.begin()->string());
            }
            return names;
          }};
}

/// Throws as load_descriptor() does.
inline workflow::Descriptor descriptor_of(const Texts& texts, workflow::Request request = {}) {
  const workflow::Project project{"/project", "/project/etc/harbor.yaml"};
  return workflow::load_descriptor(project, std::move(request), file_system(texts));
}

inline workflow::Descriptor descriptor_of(const std::string& text, workflow::Request request = {}) {
  return descriptor_of(Texts{{"etc/harbor.yaml", "version: 1\n" + text}}, std::move(request));
}

/// "H0210 3:15 unknown action 'x' (did you mean 'y'?)", one line a diagnostic: what tests compare.
inline std::vector<std::string> lines_of(const report::Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const auto& diagnostic : diagnostics) {
    std::string line = diagnostic.code;
    for (const auto& label : diagnostic.labels)
      line += " " + std::to_string(label.span.line) + ":" + std::to_string(label.span.column);
    line += " " + diagnostic.message;
    if (!diagnostic.hint.empty()) line += " (" + diagnostic.hint + ")";
    lines.push_back(std::move(line));
  }
  return lines;
}

inline plugin::ActionInfo action(std::string name, std::vector<plugin::Binding> consumes = {},
                                 std::vector<plugin::Binding> publishes = {},
                                 std::string input = "{}", std::string output = "{}") {
  plugin::ActionInfo info;
  info.name = std::move(name);
  info.input_schema = std::move(input);
  info.output_schema = std::move(output);
  plugin::read_schema_marks(info);
  info.consumes = std::move(consumes);
  info.publishes = std::move(publishes);
  return info;
}

inline plugin::Pack pack(std::string id, std::vector<plugin::ActionInfo> actions) {
  plugin::Pack pack;
  pack.file = "/packs/" + id + ".so";
  pack.id = std::move(id);
  pack.actions = std::move(actions);
  return pack;
}

}  // namespace harbor
