#include "system/errno.hpp"

#include <system_error>

namespace harbor::system {

std::string describe_errno(int error) { return std::generic_category().message(error); }

}  // namespace harbor::system
