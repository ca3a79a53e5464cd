#include "run/watch.hpp"

#include <algorithm>
#include <iterator>

namespace harbor::run {

std::vector<Watch::Entry> Watch::overdue(process::Clock::time_point now) const {
  const std::lock_guard guard(mutex_);
  std::vector<Entry> late;
  std::copy_if(running_.begin(), running_.end(), std::back_inserter(late),
               [&](const Entry& entry) { return entry.deadline && *entry.deadline < now; });
  return late;
}

}  // namespace harbor::run
