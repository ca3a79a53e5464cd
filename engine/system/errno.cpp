#include "system/errno.hpp"

#include <algorithm>
#include <array>

namespace harbor::system {

std::string describe_errno(int error) { return std::generic_category().message(error); }

bool is_lack(const std::error_code& error) {
  constexpr std::array lacks = {
      std::errc::too_many_files_open, std::errc::too_many_files_open_in_system,
      std::errc::resource_unavailable_try_again, std::errc::not_enough_memory};
  return std::any_of(lacks.begin(), lacks.end(), [&](std::errc lack) { return error == lack; });
}

}  // namespace harbor::system
