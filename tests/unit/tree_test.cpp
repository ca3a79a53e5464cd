#include "report/tree.hpp"

#include <catch2/catch.hpp>

#include "report/code.hpp"
#include "report/text.hpp"

using namespace harbor::report;
using namespace std::chrono_literals;

namespace {

const TreeTime start{};

Event make(EventKind kind, std::string step = {}, std::string text = {}) {
  Event event;
  event.kind = kind;
  event.stage = "deploy";
  event.step = std::move(step);
  event.text = std::move(text);
  return event;
}

Event end(std::string step, Outcome outcome, std::chrono::nanoseconds elapsed = 1200ms) {
  Event event = make(EventKind::step_finished, std::move(step));
  event.outcome = outcome;
  event.elapsed = elapsed;
  return event;
}

Tree begin(std::size_t total) {
  Tree tree;
  Event event = make(EventKind::run_started, {}, "deploy");
  event.total = total;
  apply(tree, event, start);
  return tree;
}

using Rows = std::vector<std::string>;

TreeLook look(std::size_t columns, std::size_t rows, bool unicode = true) {
  return {false, unicode, columns, rows};
}

}  // namespace

TEST_CASE("a running step shows spinner, time and what it said last", "[report]") {
  Tree tree = begin(3);
  apply(tree, make(EventKind::stage_started), start);
  apply(tree, make(EventKind::step_started, "fetch"), start + 1s);
  CHECK(live_rows(tree, start + 3s, look(79, 20)) ==
        Rows{"deploy  0/3  3.0s", "deploy", "  ⠋ fetch  2.0s"});
  apply(tree, make(EventKind::step_output, "fetch", "\x1b[32mlayer 1\x1b[0m"), start + 3s);
  CHECK(live_rows(tree, start + 3200ms, look(79, 20)).back() == "  ⠹ fetch  2.2s  layer 1");
  Event progress = make(EventKind::step_progress, "fetch", "unpacking");
  progress.fraction = 0.455;
  apply(tree, progress, start + 3s);
  CHECK(live_rows(tree, start + 3s, look(79, 20, false)).back() ==
        "  | fetch  2.0s  45%  unpacking");
}

TEST_CASE("each outcome has its sign and word, in Unicode and in ASCII", "[report]") {
  Tree tree = begin(7);
  for (const auto& [step, outcome] :
       std::vector<std::pair<std::string, Outcome>>{{"a", Outcome::success},
                                                    {"b", Outcome::noop},
                                                    {"c", Outcome::skipped},
                                                    {"d", Outcome::failure},
                                                    {"e", Outcome::blocked},
                                                    {"f", Outcome::cancelled},
                                                    {"g", Outcome::timeout}}) {
    apply(tree, end(step, outcome), start);
  }
  CHECK(final_rows(tree, start, look(79, 20)) ==
        Rows{"deploy", "  ✓ a  changed  1.2s", "  = b  unchanged  1.2s", "  - c  skipped",
             "  ✗ d  failed  1.2s", "  # e  blocked", "  ! f  cancelled  1.2s",
             "  ✗ g  timed out  1.2s"});
  CHECK(final_rows(tree, start, look(79, 20, false)).at(4) == "  x d  failed  1.2s");
}

TEST_CASE("names stand in a column, and a failure says why", "[report]") {
  Tree tree = begin(2);
  Event failed = end("b", Outcome::failure);
  failed.diagnostics.push_back(diagnose("H0705", "cannot write 'x'"));
  Event skipped = end("longer", Outcome::skipped);
  skipped.text = "when: ${X} is false";
  apply(tree, skipped, start);
  apply(tree, failed, start);
  CHECK(final_rows(tree, start, look(79, 20)) ==
        Rows{"deploy", "  - longer  skipped  when: ${X} is false",
             "  ✗ b       failed  1.2s  cannot write 'x'"});
}

TEST_CASE("stages are shown in order, each with its steps", "[report]") {
  Tree tree = begin(2);
  Event prepare = end("render", Outcome::noop);
  prepare.stage = "prepare";
  apply(tree, prepare, start);
  apply(tree, end("up", Outcome::success), start);
  CHECK(final_rows(tree, start, look(79, 20)) ==
        Rows{"prepare", "  = render  unchanged  1.2s", "deploy", "  ✓ up  changed  1.2s"});
}

TEST_CASE("no row is wider than the terminal", "[report]") {
  Tree tree = begin(2);
  apply(tree, make(EventKind::step_started, std::string(60, 'n')), start);
  apply(tree, make(EventKind::step_output, std::string(60, 'n'), std::string(200, 'x')), start);
  apply(tree, make(EventKind::step_started, "wide"), start);
  apply(tree,
        make(EventKind::step_output, "wide",
             "日本語日本語日本語日本語日本語日本語日本語日本語日本語"),
        start);
  for (const bool unicode : {true, false}) {
    for (std::size_t columns = 9; columns < 120; ++columns) {
      for (const std::string& row : live_rows(tree, start, look(columns, 20, unicode))) {
        REQUIRE(columns_of(row) <= columns);
      }
    }
  }
  CHECK(live_rows(tree, start, look(39, 20)).at(3) == "  ⠋ wide           0.0s  日本語日本語…");
}

TEST_CASE("what does not fit is counted, and running steps come first", "[report]") {
  Tree tree = begin(100);
  for (int i = 0; i < 20; ++i)
    apply(tree, end("done-" + std::to_string(i), i == 3 ? Outcome::failure : Outcome::success),
          start);
  for (int i = 0; i < 3; ++i)
    apply(tree, make(EventKind::step_started, "run-" + std::to_string(i)), start);
  CHECK(live_rows(tree, start, look(79, 7)) ==
        Rows{"deploy  20/100  0.0s", "  … 17 changed, 1 failed", "  ✓ done-18  changed  1.2s",
             "  ✓ done-19  changed  1.2s", "  ⠋ run-0    0.0s", "  ⠋ run-1    0.0s",
             "  ⠋ run-2    0.0s"});
  CHECK(live_rows(tree, start, look(79, 5)) == Rows{"deploy  20/100  0.0s",
                                                    "  … 19 changed, 1 failed", "  ⠋ run-0  0.0s",
                                                    "  ⠋ run-1  0.0s", "  ⠋ run-2  0.0s"});
  CHECK(live_rows(tree, start, look(79, 4)) == Rows{"deploy  20/100  0.0s",
                                                    "  … 19 changed, 1 failed", "  ⠋ run-0  0.0s",
                                                    "  … 2 more running"});
  CHECK(final_rows(tree, start, look(79, 4)).size() == 24);
}

TEST_CASE("any number of steps stays within any height", "[report]") {
  for (std::size_t rows = 3; rows < 12; ++rows) {
    Tree tree = begin(0);
    for (int i = 0; i < 30; ++i) {
      apply(tree, make(EventKind::step_started, std::to_string(i)), start);
      if (i % 3 != 0) apply(tree, end(std::to_string(i), Outcome::success), start);
      REQUIRE(live_rows(tree, start, look(40, rows)).size() <= rows);
    }
  }
}

TEST_CASE("a retried step is one row that says which attempt it is", "[report]") {
  Tree tree = begin(1);
  apply(tree, make(EventKind::step_started, "up"), start);
  apply(tree, end("up", Outcome::failure), start + 1s);
  Event again = make(EventKind::step_started, "up");
  again.attempt = 2;
  apply(tree, again, start + 2s);
  CHECK(live_rows(tree, start + 3s, look(79, 20)).back() == "  ⠋ up  1.0s  attempt 2");
  CHECK(tree.tally.total() == 0);
  apply(tree, end("up", Outcome::success), start + 3s);
  CHECK(tree.tally.of(Outcome::success) == 1);
  CHECK(tree.tally.total() == 1);
}

TEST_CASE("words about a step that nobody started are dropped", "[report]") {
  Tree tree = begin(1);
  apply(tree, make(EventKind::step_output, "ghost", "boo"), start);
  CHECK(tree.steps.empty());
}

TEST_CASE("colour never changes what a row says", "[report]") {
  Tree tree = begin(1);
  apply(tree, end("up", Outcome::success), start);
  const auto rows = final_rows(tree, start, {true, true, 79, 20});
  CHECK(rows.at(1).find("\x1b[1;32m") != std::string::npos);
  CHECK(plain_line(rows.at(1)) == "  ✓ up  changed  1.2s");
}

TEST_CASE("the summary counts what there is", "[report]") {
  Tally tally;
  CHECK(summary_line("deploy", tally, 40ms) == "deploy: 0 steps in 0.0s");
  tally.add(Outcome::noop);
  CHECK(summary_line("deploy", tally, 4200ms) == "deploy: 1 step, 1 unchanged in 4.2s");
  tally.add(Outcome::noop);
  tally.add(Outcome::success);
  CHECK(summary_line("deploy", tally, 4200ms) == "deploy: 3 steps, 1 changed, 2 unchanged in 4.2s");
}
