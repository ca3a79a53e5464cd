// Something that the user should know before the run goes on.
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
  bool is_error = false;  ///< starting what was merged would fail
};

}  // namespace harbor::compose
