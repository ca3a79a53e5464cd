#include "report/tree.hpp"

#include <algorithm>
#include <cmath>

#include "report/text.hpp"
#include "report/time.hpp"

namespace harbor::report {
namespace {

// A row never shows more, and a program may print a megabyte in one line.
constexpr std::size_t longest_note = 500;
constexpr std::size_t widest_name = 32;

/// Part of a row, in one colour.
struct Piece {
  std::string text;
  Ink ink = Ink::none;
};

using Row = std::vector<Piece>;

std::string_view ellipsis(const TreeLook& look) { return look.unicode ? "…" : "..."; }

/// The row as text, cut to the terminal's width.
std::string print(const Row& row, const TreeLook& look) {
  std::size_t total = 0;
  for (const Piece& piece : row) total += columns_of(piece.text);
  std::string text;
  std::size_t left = look.columns;
  const std::size_t reserve = total > look.columns ? columns_of(ellipsis(look)) : 0;
  for (const Piece& piece : row) {
    const std::size_t columns = columns_of(piece.text);
    const bool is_last = columns + reserve > left;
    text += paint(is_last ? cut(piece.text + std::string(reserve, ' '), left, ellipsis(look))
                          : visible(piece.text),
                  look.color ? piece.ink : Ink::none);
    if (is_last) break;
    left -= columns;
  }
  return text;
}

std::size_t stage_of(Tree& tree, const std::string& name) {
  const auto known = std::find(tree.stages.begin(), tree.stages.end(), name);
  if (known != tree.stages.end()) return static_cast<std::size_t>(known - tree.stages.begin());
  tree.stages.push_back(name);
  return tree.stages.size() - 1;
}

TreeStep& step_of(Tree& tree, const Event& event) {
  const auto [known, is_new] = tree.index.try_emplace(event.step, tree.steps.size());
  if (is_new) {
    TreeStep step;
    step.id = event.step;
    step.stage = stage_of(tree, event.stage);
    tree.steps.push_back(std::move(step));
  }
  return tree.steps[known->second];
}

/// A step that ended may start again, for another attempt.
void start(Tree& tree, const Event& event, TreeTime now) {
  TreeStep& step = step_of(tree, event);
  const std::size_t index = tree.index.at(event.step);
  if (step.outcome) {
    tree.tally.remove(*step.outcome);
    std::erase(tree.finished, index);
    step.outcome.reset();
  }
  // A step that is tried again without having ended shows the time of all its attempts.
  step.since = tree.running.contains(index) ? step.since : now;
  step.attempt = event.attempt;
  step.note.clear();
  step.fraction = -1;
  tree.running.insert(index);
}

void finish(Tree& tree, const Event& event) {
  TreeStep& step = step_of(tree, event);
  const std::size_t index = tree.index.at(event.step);
  if (step.outcome) {
    tree.tally.remove(*step.outcome);
    std::erase(tree.finished, index);
  }
  step.outcome = event.outcome;
  step.elapsed = event.elapsed;
  step.note = plain_line(event.text).substr(0, longest_note);
  if (step.note.empty() && !event.diagnostics.empty())
    step.note = first_error(event.diagnostics).message;
  tree.running.erase(index);
  tree.finished.push_back(index);
  tree.tally.add(event.outcome);
}

void say(Tree& tree, const Event& event) {
  const auto known = tree.index.find(event.step);
  const bool is_detail = event.kind == EventKind::step_log && event.level < 2;
  if (known == tree.index.end() || is_detail) return;
  TreeStep& step = tree.steps[known->second];
  if (step.outcome) return;
  if (event.kind == EventKind::step_progress) step.fraction = event.fraction;
  std::string note = plain_line(std::string_view{event.text}.substr(0, longest_note));
  if (!note.empty()) step.note = std::move(note);
}

std::string spinner(std::chrono::nanoseconds elapsed, bool unicode) {
  constexpr std::string_view dots[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  constexpr std::string_view bars[] = {"|", "/", "-", "\\"};
  const auto frame =
      static_cast<std::size_t>(std::max<std::int64_t>(0, elapsed.count()) / 100'000'000);
  return std::string{unicode ? dots[frame % std::size(dots)] : bars[frame % std::size(bars)]};
}

std::string padded(const std::string& text, std::size_t columns, const TreeLook& look) {
  std::string name = cut(text, std::max<std::size_t>(look.columns / 2, 8), ellipsis(look));
  const std::size_t used = columns_of(name);
  return used < columns ? name + std::string(columns - used, ' ') : name;
}

Row step_row(const TreeStep& step, TreeTime now, std::size_t name_columns, const TreeLook& look) {
  Row row{{"  "}};
  if (step.outcome) {
    const Ink ink = ink_of(*step.outcome);
    row.push_back({std::string{sign_of(*step.outcome, look.unicode)}, ink});
    row.push_back({" " + padded(step.id, name_columns, look) + "  "});
    row.push_back({std::string{word_of(*step.outcome)}, ink});
    if (has_duration(*step.outcome)) row.push_back({"  " + duration_text(step.elapsed), Ink::dim});
  } else {
    row.push_back({spinner(now - step.since, look.unicode), Ink::cyan});
    row.push_back({" " + padded(step.id, name_columns, look) + "  "});
    row.push_back({duration_text(now - step.since), Ink::dim});
    if (step.attempt > 1) row.push_back({"  attempt " + std::to_string(step.attempt), Ink::yellow});
    if (step.fraction >= 0) {
      const auto percent = static_cast<int>(std::floor(std::min(step.fraction, 1.0) * 100));
      row.push_back({"  " + std::to_string(percent) + "%"});
    }
  }
  if (!step.note.empty()) row.push_back({"  " + step.note, Ink::dim});
  return row;
}

Row head_row(const Tree& tree, TreeTime now) {
  std::string progress = "  " + std::to_string(tree.finished.size());
  if (tree.total != 0) progress += "/" + std::to_string(std::max(tree.total, tree.steps.size()));
  return {
      {tree.command, Ink::bold}, {progress}, {"  " + duration_text(now - tree.since), Ink::dim}};
}

template <typename Indices>
std::size_t name_columns(const Tree& tree, const Indices& shown, const TreeLook& look) {
  std::size_t columns = 0;
  for (const std::size_t i : shown) columns = std::max(columns, columns_of(tree.steps[i].id));
  return std::min({columns, widest_name, look.columns / 3});
}

/// Every stage with its steps below it.
void add_all(std::vector<std::string>& rows, const Tree& tree, TreeTime now, const TreeLook& look) {
  std::vector<std::vector<std::size_t>> by_stage(tree.stages.size());
  for (std::size_t i = 0; i < tree.steps.size(); ++i) by_stage[tree.steps[i].stage].push_back(i);
  for (std::size_t stage = 0; stage < tree.stages.size(); ++stage) {
    if (!tree.stages[stage].empty()) rows.push_back(print({{tree.stages[stage], Ink::bold}}, look));
    const std::size_t columns = name_columns(tree, by_stage[stage], look);
    for (const std::size_t i : by_stage[stage])
      rows.push_back(print(step_row(tree.steps[i], now, columns, look), look));
  }
}

/// What matters most, in `room` rows: one of them counts the steps that ended, one the other
/// running steps.
void add_some(std::vector<std::string>& rows, const Tree& tree, TreeTime now, const TreeLook& look,
              std::size_t room) {
  const bool is_crowded = tree.running.size() + 1 > room;
  const std::size_t running =
      is_crowded ? room - std::min<std::size_t>(room, 2) : tree.running.size();
  const std::size_t recent = is_crowded ? 0 : std::min(tree.finished.size(), room - 1 - running);
  std::vector<std::size_t> shown(tree.finished.end() - static_cast<std::ptrdiff_t>(recent),
                                 tree.finished.end());
  auto next = tree.running.begin();
  for (std::size_t i = 0; i < running; ++i) shown.push_back(*next++);

  // What is not shown is counted, so that the numbers always add up.
  Tally hidden = tree.tally;
  for (std::size_t i = 0; i < recent; ++i) hidden.remove(*tree.steps[shown[i]].outcome);
  const std::string counts = hidden.total() == 0 ? "nothing ended yet" : counts_text(hidden);
  rows.push_back(print({{"  " + std::string{ellipsis(look)} + " " + counts, Ink::dim}}, look));
  const std::size_t columns = name_columns(tree, shown, look);
  for (const std::size_t i : shown)
    rows.push_back(print(step_row(tree.steps[i], now, columns, look), look));
  if (!is_crowded) return;
  const std::string more = " " + std::to_string(tree.running.size() - running) + " more running";
  rows.push_back(print({{"  " + std::string{ellipsis(look)} + more, Ink::dim}}, look));
}

}  // namespace

void apply(Tree& tree, const Event& event, TreeTime now) {
  switch (event.kind) {
    case EventKind::run_started:
      tree.command = event.text;
      tree.total = event.total;
      tree.since = now;
      break;
    case EventKind::stage_started:
      static_cast<void>(stage_of(tree, event.stage));
      break;
    case EventKind::step_started:
      start(tree, event, now);
      break;
    case EventKind::step_progress:
    case EventKind::step_log:
    case EventKind::step_output:
      say(tree, event);
      break;
    case EventKind::step_finished:
      finish(tree, event);
      break;
    case EventKind::stage_finished:
    case EventKind::run_finished:
    case EventKind::trace:
      break;
  }
}

std::vector<std::string> live_rows(const Tree& tree, TreeTime now, const TreeLook& look) {
  std::vector<std::string> rows{print(head_row(tree, now), look)};
  if (1 + tree.stages.size() + tree.steps.size() <= look.rows) {
    add_all(rows, tree, now, look);
  } else {
    add_some(rows, tree, now, look, std::max<std::size_t>(look.rows, 3) - 1);
  }
  return rows;
}

std::vector<std::string> final_rows(const Tree& tree, TreeTime now, const TreeLook& look) {
  std::vector<std::string> rows;
  add_all(rows, tree, now, look);
  return rows;
}

}  // namespace harbor::report
