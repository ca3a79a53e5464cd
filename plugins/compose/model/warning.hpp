// Something a person should know that does not stop the run.
#pragma once

#include <harbor/error.hpp>

#include <string>
#include <vector>

namespace harbor::compose {

struct Warning {
  std::string code;  ///< stable and dotted, as an Error's
  std::string message;
  std::string hint;
  std::vector<Label> labels;
};

}  // namespace harbor::compose
