// What main() hands in: everything that a command reads from, and writes to, the outside world.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/call.hpp"
#include "plan/plan.hpp"
#include "report/view.hpp"
#include "workflow/descriptor.hpp"

namespace harbor::cli {

struct Context {
  std::vector<std::string> arguments;  ///< without the program's name
  std::map<std::string, std::string> environment;
  std::filesystem::path folder;      ///< where it was started
  std::filesystem::path executable;  ///< absolute, links resolved
  workflow::FileSystem files;
  host::ProcessRunner run_process;
  process::Time time = process::real_time();
  /// Makes the view of a run for people. May be empty: then the view that fits the terminal is
  /// used.
  std::function<std::unique_ptr<report::Observer>(const report::ViewOptions&)> make_view;
  std::ostream* out = nullptr;  ///< results
  std::ostream* err = nullptr;  ///< everything else
  std::string lack;             ///< what find_footing() could not provide; empty if nothing
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// A seam for tests: returns the plan that is run instead of the one that was made. May be empty.
  std::function<plan::Plan(plan::Plan)> exchange;

  [[nodiscard]] std::string variable(const std::string& name) const {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  }
  /// Files that Harbor ships beside its program: <exe>/../share/harbor.
  [[nodiscard]] std::filesystem::path share() const {
    return executable.parent_path().parent_path() / "share" / "harbor";
  }
};

/// The context of this process: arguments, environment, folder, standard streams, the real file
/// system.
[[nodiscard]] Context context_of_process(int argc, char** argv);

}  // namespace harbor::cli
