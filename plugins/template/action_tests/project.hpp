// A project folder and a host for the tests of the action.
#pragma once

#include <harbor/interpolation.h>

#include <harbor/testing.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "action.hpp"
#include "document/interpolation.hpp"

namespace harbor::templating {

using testing::json;

/// The engine's own expander as a table, as the host has it in the product.
inline harbor_status expand(harbor_call*, const harbor_expand* request, harbor_expansion* into) {
  static std::string text, message, name;  // the arena of a test
  const auto view = [](const std::string& all) { return harbor_str{all.data(), all.size()}; };
  document::InterpolationOptions options;
  if (request->only)
    options.only = [&](std::string_view asked) {
      return request->only(request->user, {asked.data(), asked.size()}) != 0;
    };
  const auto done = document::interpolate(
      std::string_view(request->text.ptr, request->text.len),
      [&](std::string_view asked) -> std::optional<std::string> {
        harbor_str value{};
        if (request->lookup(request->user, {asked.data(), asked.size()}, &value) !=
            HARBOR_VARIABLE_SET)
          return std::nullopt;
        return std::string(value.ptr, value.len);
      },
      options);
  text = done.text;
  into->text = view(text);
  for (const auto& unset : done.unset)
    request->unset(request->user, view(unset.name), unset.offset, unset.length);
  if (!done.error) return HARBOR_OK;
  message = done.error->message;
  name = done.error->name;
  into->fault = done.error->kind == document::InterpolationError::Kind::required
                    ? HARBOR_EXPANSION_REQUIRED
                    : HARBOR_EXPANSION_SYNTAX;
  into->offset = done.error->offset;
  into->length = done.error->length;
  into->message = view(message);
  into->name = view(name);
  return HARBOR_OK;
}
inline constexpr harbor_interpolation expander{sizeof(harbor_interpolation), 0, expand};

struct Project {
  std::filesystem::path folder;
  testing::Host host;
  json input = {
      {"services", {"web", "db"}}, {"options", json::array()}, {"env", {{"NAME", "all"}}}};

  Project() {
    std::string name = (std::filesystem::temp_directory_path() / "harbor-render-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder = name;
    host.workspace = name;
    host.run_dir = name + "/var/run";
    host.extend(HARBOR_INTERPOLATION_ID, &expander);
  }
  ~Project() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((folder / path).parent_path());
    std::ofstream(folder / path) << text;
  }
  /// The manifest is read from the disk, where the fake host does not write.
  void flush() const {
    for (const auto& [path, file] : host.files) write("var/run/" + path, file.text);
  }

  testing::Result render(json templates) {
    input["templates"] = std::move(templates);
    auto result = host.run(render_action, input);
    flush();
    return result;
  }
  testing::Result plan(json templates) {
    input["templates"] = std::move(templates);
    return host.plan(render_action, input);
  }
  [[nodiscard]] std::string text(const std::string& path) const {
    const auto found = host.files.find(path);
    return found == host.files.end() ? "(none)" : found->second.text;
  }
};

}  // namespace harbor::templating
