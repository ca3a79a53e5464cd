// A project folder and a host for the tests of the action.
#pragma once

#include <harbor/testing.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "action.hpp"
#include "expander.hpp"

namespace harbor::templating {

using testing::json;

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
    host.extend(HARBOR_INTERPOLATION_ID, &test::interpolation);
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
