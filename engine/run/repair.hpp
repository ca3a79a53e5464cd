// Looking through var/ for what a killed run or a bad disk left, and mending it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "report/diagnostic.hpp"
#include "workflow/descriptor.hpp"

namespace harbor::run {

struct Finding {
  std::string what;  ///< "the state does not match its checksum"
  std::string done;  ///< "it was put aside as ..."; empty when it could not be mended
  report::Diagnostics problems = {};  ///< why not
};

/// Takes the project's lock, and mends what can be mended: a file that says what is deployed is
/// never deleted, only put aside. Empty when all is well. Throws report::Error when the lock cannot
/// be taken.
[[nodiscard]] std::vector<Finding> repair(const workflow::Project& project,
                                          std::chrono::milliseconds lock_timeout);

}  // namespace harbor::run
