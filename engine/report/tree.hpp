// The state of a run as the live view draws it: events in, rows of text out. Pure: the clock and
// the size of the terminal are arguments.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/event.hpp"
#include "report/tally.hpp"

namespace harbor::report {

using TreeTime = std::chrono::steady_clock::time_point;

struct TreeStep {
  std::string id;
  std::size_t stage = 0;
  std::uint32_t attempt = 1;
  TreeTime since{};
  double fraction = -1;
  std::string note;  ///< running: the last thing it said; finished: why
  std::optional<Outcome> outcome = {};
  std::chrono::nanoseconds elapsed{0};
};

struct Tree {
  std::string command;
  TreeTime since{};
  std::size_t total = 0;
  std::vector<std::string> stages;
  std::vector<TreeStep> steps;  ///< in the order in which they started
  std::unordered_map<std::string, std::size_t> index;
  std::set<std::size_t> running;
  std::vector<std::size_t> finished;  ///< in the order in which they ended
  Tally tally;
};

/// How rows look.
struct TreeLook {
  bool color = false;
  bool unicode = true;
  std::size_t columns = 79;  ///< that a row may take
  std::size_t rows = 23;     ///< that there may be, at least 3
};

void apply(Tree& tree, const Event& event, TreeTime now);

/// The tree while the run goes on: at most look.rows rows. What does not fit is counted: running
/// steps have priority, then those that ended last.
[[nodiscard]] std::vector<std::string> live_rows(const Tree& tree, TreeTime now,
                                                 const TreeLook& look);

/// All of the tree, however long.
[[nodiscard]] std::vector<std::string> final_rows(const Tree& tree, TreeTime now,
                                                  const TreeLook& look);

}  // namespace harbor::report
