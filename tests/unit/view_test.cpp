#include "report/view.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <sstream>
#include <thread>

#include "report/code.hpp"
#include "report/text.hpp"

using namespace harbor::report;
using namespace std::chrono_literals;

namespace {

Event make(EventKind kind, std::string step = {}, std::string text = {}) {
  Event event;
  event.kind = kind;
  event.run = "20261121-074512-3fa9c1";
  event.stage = "deploy";
  event.step = std::move(step);
  event.action = event.step.empty() ? "" : "demo." + event.step;
  event.text = std::move(text);
  return event;
}

Event begin(std::size_t total) {
  Event event = make(EventKind::run_started, {}, "deploy");
  event.total = total;
  return event;
}

Event end(std::string step, Outcome outcome) {
  Event event = make(EventKind::step_finished, std::move(step));
  event.outcome = outcome;
  event.elapsed = 1200ms;
  return event;
}

Event over(Outcome outcome) {
  Event event = make(EventKind::run_finished);
  event.outcome = outcome;
  event.elapsed = 4200ms;
  return event;
}

Event log(std::string step, int level, std::string text) {
  Event event = make(EventKind::step_log, std::move(step), std::move(text));
  event.level = level;
  return event;
}

Event broken(std::string step) {
  Event event = end(std::move(step), Outcome::failure);
  event.diagnostics.push_back(diagnose("H0705", "cannot write 'x'", {}, "make room"));
  return event;
}

/// A run with everything in it.
std::vector<Event> whole_run() {
  Event attempt = make(EventKind::step_started, "up");
  attempt.attempt = 2;
  return {begin(3),
          make(EventKind::stage_started),
          make(EventKind::step_started, "fetch"),
          make(EventKind::step_output, "fetch", "\x1b[32mlayer\x1b[0m 1"),
          log("fetch", 1, "looked at the cache"),
          log("fetch", 2, "two layers"),
          log("fetch", 3, "disk is nearly full"),
          end("fetch", Outcome::success),
          make(EventKind::step_started, "up"),
          attempt,
          broken("up"),
          end("open", Outcome::blocked),
          make(EventKind::stage_finished),
          over(Outcome::failure)};
}

std::string plain(const std::vector<Event>& events, ViewOptions options = {}) {
  std::ostringstream out;
  const auto view = make_plain_view(out, std::move(options));
  for (const Event& event : events) view->on_event(event);
  return out.str();
}

ViewOptions options_of(Verbosity verbosity, bool unicode = true) {
  ViewOptions options;
  options.verbosity = verbosity;
  options.unicode = unicode;
  return options;
}

/// What a terminal of this size shows, and what scrolled out at its top.
class Terminal {
 public:
  Terminal(std::size_t columns, std::size_t rows) : columns_(columns), screen_(rows) {}

  void feed(std::string_view text) {
    pending_ += text;
    std::size_t offset = 0;
    while (offset < pending_.size()) {
      const std::size_t used = take(std::string_view{pending_}.substr(offset));
      if (used == 0) break;
      offset += used;
    }
    pending_.erase(0, offset);
  }

  /// Scrolled lines and screen, without trailing blanks and empty lines.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const auto* part : {&scrolled_, &screen_}) {
      for (const auto& row : *part) {
        std::string line;
        for (const std::string& cell : row) line += cell;
        line.erase(line.find_last_not_of(' ') + 1);
        all.push_back(line);
      }
    }
    while (!all.empty() && all.back().empty()) all.pop_back();
    return all;
  }
  [[nodiscard]] bool is_cursor_shown() const { return is_cursor_shown_; }
  [[nodiscard]] std::size_t scrolled() const { return scrolled_.size(); }
  [[nodiscard]] bool is_understood() const { return is_understood_; }

 private:
  using Row = std::vector<std::string>;

  /// Bytes of the next character or sequence, 0 when it is not complete yet.
  std::size_t take(std::string_view text) {
    if (text[0] == '\r') return column_ = 0, 1;
    if (text[0] == '\n') return feed_line(), 1;
    if (text[0] == '\x1b') return escape(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (text.size() < length) return 0;
    put(std::string{text.substr(0, length)});
    return length;
  }

  std::size_t escape(std::string_view text) {
    std::size_t end = 2;
    while (end < text.size() && (text[end] < 0x40 || text[end] > 0x7e)) ++end;
    if (end >= text.size()) return 0;
    const std::string parameters{text.substr(2, end - 2)};
    switch (text[end]) {
      case 'A':
        row_ -= std::min<std::size_t>(row_, std::stoul(parameters));
        break;
      case 'K':
        screen_[row_].resize(std::min(column_, screen_[row_].size()));
        break;
      case 'J':
        screen_[row_].resize(std::min(column_, screen_[row_].size()));
        for (std::size_t row = row_ + 1; row < screen_.size(); ++row) screen_[row].clear();
        break;
      case 'm':
        break;
      case 'h':
      case 'l':
        is_understood_ = is_understood_ && parameters == "?25";
        is_cursor_shown_ = text[end] == 'h';
        break;
      default:
        is_understood_ = false;
    }
    return end + 1;
  }

  void feed_line() {
    if (++row_ < screen_.size()) return;
    scrolled_.push_back(screen_.front());
    screen_.erase(screen_.begin());
    screen_.emplace_back();
    --row_;
  }

  void put(std::string cell) {
    const std::size_t width = columns_of(cell);
    if (column_ + width > columns_) {  // the terminal wraps
      column_ = 0;
      feed_line();
    }
    Row& row = screen_[row_];
    if (row.size() < column_ + width) row.resize(column_ + width, " ");
    row[column_] = std::move(cell);
    if (width == 2) row[column_ + 1].clear();
    column_ += width;
  }

  std::size_t columns_;
  std::vector<Row> screen_;
  std::vector<Row> scrolled_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::string pending_;
  bool is_cursor_shown_ = true;
  bool is_understood_ = true;
};

/// A pseudo terminal whose other end is interpreted while the view writes.
class Screen {
 public:
  Screen(unsigned short columns, unsigned short rows) : terminal_(columns, rows) {
    struct winsize size {};
    size.ws_col = columns;
    size.ws_row = rows;
    REQUIRE(::openpty(&read_, &written_, nullptr, nullptr, &size) == 0);
    reader_ = std::thread{[this] { read_all(); }};
  }
  ~Screen() { close(); }

  [[nodiscard]] int fd() const { return written_; }

  /// Waits until the terminal shows what `is_there` looks for.
  template <typename Predicate>
  bool shows(Predicate is_there) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    std::unique_lock guard{mutex_};
    return changed_.wait_until(guard, deadline, [&] { return is_there(terminal_); });
  }
  bool shows_text(const std::string& text) {
    return shows([&](const Terminal& terminal) {
      const auto lines = terminal.lines();
      return std::any_of(lines.begin(), lines.end(),
                         [&](const std::string& line) { return line.find(text) != line.npos; });
    });
  }

  /// Everything that was written has been read.
  const Terminal& close() {
    if (written_ >= 0) {
      ::close(std::exchange(written_, -1));
      reader_.join();
      ::close(read_);
    }
    return terminal_;
  }
  [[nodiscard]] std::string raw() {
    const std::scoped_lock guard{mutex_};
    return raw_;
  }

 private:
  void read_all() {
    char buffer[4096];
    for (ssize_t length = 0; (length = ::read(read_, buffer, sizeof buffer)) > 0;) {
      const std::scoped_lock guard{mutex_};
      terminal_.feed({buffer, static_cast<std::size_t>(length)});
      raw_.append(buffer, static_cast<std::size_t>(length));
      changed_.notify_all();
    }
  }

  int read_ = -1;
  int written_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  Terminal terminal_;
  std::string raw_;
  std::thread reader_;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the plain view says one thing a line", "[report]") {
  CHECK(plain(whole_run()) ==
        "deploy: 3 steps\n"
        "deploy\n"
        "fetch: started (demo.fetch)\n"
        "fetch: two layers\n"
        "fetch: warning: disk is nearly full\n"
        "fetch: ✓ changed in 1.2s\n"
        "up: started (demo.up)\n"
        "up: attempt 2\n"
        "up: ✗ failed in 1.2s: cannot write 'x' [H0705]\n"
        "open: # blocked\n"
        "\n"
        "error[H0705]: cannot write 'x'\n"
        "  = help: make room\n"
        "\n"
        "deploy: 3 steps, 1 changed, 1 failed, 1 blocked in 4.2s\n");
}

TEST_CASE("verbose adds what children print and debug logs", "[report]") {
  const std::string text = plain(whole_run(), options_of(Verbosity::verbose, false));
  CHECK(text.find("fetch:   layer 1\n") != std::string::npos);
  CHECK(text.find("fetch: debug: looked at the cache\n") != std::string::npos);
  CHECK(text.find("fetch: + changed in 1.2s\n") != std::string::npos);
  CHECK(std::all_of(text.begin(), text.end(),
                    [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); }));
}

TEST_CASE("quiet prints the diagnostics and nothing else", "[report]") {
  CHECK(plain(whole_run(), options_of(Verbosity::quiet)) ==
        "error[H0705]: cannot write 'x'\n"
        "  = help: make room\n");
  CHECK(plain({begin(1), end("up", Outcome::success), over(Outcome::success)},
              options_of(Verbosity::quiet))
            .empty());
}

TEST_CASE("a child cannot write to the terminal through the plain view", "[report]") {
  const std::string text =
      plain({begin(1), make(EventKind::step_started, "a\x1b[2J"),
             make(EventKind::step_output, "a", "x\x1b[2J\ay\x9b"), log("a", 4, "l\nforged: line")},
            options_of(Verbosity::verbose));
  CHECK(text.find_first_of("\x1b\a\x9b") == std::string::npos);
  CHECK(text.find("\nforged") == std::string::npos);
}

TEST_CASE("a warning of a step that succeeded is not lost", "[report]") {
  Event event = end("up", Outcome::success);
  event.diagnostics.push_back(diagnose("H0705", "something odd"));
  event.diagnostics.back().severity = Severity::warning;
  CHECK(plain({begin(1), event, over(Outcome::success)}, options_of(Verbosity::quiet)) ==
        "warning[H0705]: something odd\n");
}

TEST_CASE("the event stream is one JSON object a line", "[report]") {
  std::ostringstream out;
  const auto view = make_event_stream(out);
  for (const Event& event : whole_run()) view->on_event(event);
  std::istringstream lines{out.str()};
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto object = nlohmann::json::parse(line);
    CHECK(object["v"] == 1);
    CHECK(object["event"] == to_string(whole_run()[count].kind));
  }
  CHECK(count == whole_run().size());
}

TEST_CASE("a fan-out hands each event to all", "[report]") {
  std::ostringstream one;
  std::ostringstream two;
  std::vector<std::shared_ptr<Observer>> observers;
  observers.push_back(make_plain_view(one, {}));
  observers.push_back(make_event_stream(two));
  const auto view = make_fan_out(std::move(observers));
  for (const Event& event : whole_run()) view->on_event(event);
  CHECK(one.str() == plain(whole_run()));
  const std::string stream = two.str();
  CHECK(std::count(stream.begin(), stream.end(), '\n') == 14);
}

TEST_CASE("the live view draws a tree and leaves it as it ended", "[report]") {
  Screen screen{80, 24};
  {
    const auto view = make_live_view(screen.fd(), {});
    view->on_event(begin(2));
    view->on_event(make(EventKind::stage_started));
    view->on_event(make(EventKind::step_started, "fetch"));
    view->on_event(make(EventKind::step_output, "fetch", "layer 1"));
    CHECK(screen.shows_text("s  layer 1"));
    CHECK(screen.shows([](const Terminal& terminal) { return !terminal.is_cursor_shown(); }));
    view->on_event(end("fetch", Outcome::success));
    view->on_event(make(EventKind::step_started, "up"));
    CHECK(screen.shows_text("deploy  1/2"));
    view->on_event(end("up", Outcome::noop));
    view->on_event(over(Outcome::success));
  }
  const Terminal& terminal = screen.close();
  CHECK(terminal.lines() == Lines{"deploy", "  ✓ fetch  changed  1.2s",
                                  "  = up     unchanged  1.2s",
                                  "deploy: 2 steps, 1 changed, 1 unchanged in 4.2s"});
  CHECK(terminal.is_cursor_shown());
  CHECK(terminal.is_understood());
}

TEST_CASE("the live view ends with the diagnostics and the summary", "[report]") {
  Screen screen{80, 24};
  {
    const auto view = make_live_view(screen.fd(), {});
    for (const Event& event : whole_run()) view->on_event(event);
  }
  CHECK(screen.close().lines() ==
        Lines{"fetch: warning: disk is nearly full", "deploy", "  ✓ fetch  changed  1.2s",
              "  ✗ up     failed  1.2s  cannot write 'x'", "  # open   blocked", "",
              "error[H0705]: cannot write 'x'", "  = help: make room", "",
              "deploy: 3 steps, 1 changed, 1 failed, 1 blocked in 4.2s"});
}

TEST_CASE("no frame is left behind at any size, with or without colour and Unicode", "[report]") {
  struct Case {
    unsigned short columns, rows;
    bool color, unicode;
  };
  for (const Case& size : {Case{80, 24, true, true}, Case{40, 10, false, false},
                           Case{40, 6, true, false}, Case{24, 5, false, true}}) {
    INFO(size.columns << "x" << size.rows);
    Screen screen{size.columns, size.rows};
    Lines expected;
    {
      ViewOptions options = options_of(Verbosity::normal, size.unicode);
      options.color = size.color;
      const auto view = make_live_view(screen.fd(), options);
      view->on_event(begin(40));
      for (int i = 0; i < 40; ++i) {
        const std::string step = "step-" + std::to_string(i);
        view->on_event(make(EventKind::step_started, step));
        view->on_event(make(EventKind::step_output, step,
                            "日本語日本語日本語日本語日本語 " + std::string(100, 'x')));
        if (i % 8 == 0) {  // a frame is drawn in between
          CHECK(screen.shows_text("deploy  " + std::to_string(std::max(i - 5, 0)) + "/40"));
        }
        if (i % 10 == 9) view->on_event(log(step, 3, "odd"));
        if (i % 10 == 9) expected.push_back(step + ": warning: odd");
        if (i >= 5) view->on_event(end("step-" + std::to_string(i - 5), Outcome::success));
      }
      for (int i = 35; i < 40; ++i) view->on_event(end("step-" + std::to_string(i), Outcome::noop));
      view->on_event(over(Outcome::success));
    }
    auto lines = screen.close().lines();
    REQUIRE(lines.size() >= expected.size() + 41);
    CHECK(Lines(lines.begin(), lines.begin() + 4) == expected);
    CHECK(lines[4] == "deploy");
    for (std::size_t i = 0; i < 40; ++i) {
      INFO(lines[5 + i]);
      CHECK(lines[5 + i].find("step-" + std::to_string(i) + " ") ==
            4 + (size.unicode && i < 35 ? 2 : 0));
    }
    CHECK(lines[45].find("deploy: 40 steps") == 0);
    CHECK(screen.close().is_understood());
    CHECK(screen.close().is_cursor_shown());
  }
}

TEST_CASE("verbose output scrolls by above the live tree, none of it lost", "[report]") {
  Screen screen{40, 8};
  {
    const auto view = make_live_view(screen.fd(), options_of(Verbosity::verbose));
    view->on_event(begin(1));
    view->on_event(make(EventKind::step_started, "up"));
    for (int i = 0; i < 200; ++i) {
      view->on_event(make(EventKind::step_output, "up", "line " + std::to_string(i)));
      if (i % 50 == 0) CHECK(screen.shows_text("up:   line " + std::to_string(i)));
    }
    view->on_event(end("up", Outcome::success));
    view->on_event(over(Outcome::success));
  }
  const auto lines = screen.close().lines();
  REQUIRE(lines.size() == 203);
  for (std::size_t i = 0; i < 200; ++i) CHECK(lines[i] == "up:   line " + std::to_string(i));
  CHECK(lines[201] == "  ✓ up  changed  1.2s");
}

TEST_CASE("the screen is drawn at most ten times a second", "[report]") {
  Screen screen{80, 24};
  const auto start = std::chrono::steady_clock::now();
  {
    const auto view = make_live_view(screen.fd(), {});
    view->on_event(begin(1));
    view->on_event(make(EventKind::step_started, "up"));
    for (int i = 0; std::chrono::steady_clock::now() - start < 450ms; ++i) {
      view->on_event(make(EventKind::step_output, "up", std::to_string(i)));
    }
    view->on_event(end("up", Outcome::success));
    view->on_event(over(Outcome::success));
  }
  const auto elapsed = std::chrono::steady_clock::now() - start;
  screen.close();
  const std::string raw = screen.raw();
  std::size_t frames = 0;
  for (std::size_t at = raw.find("\x1b[J"); at != raw.npos; at = raw.find("\x1b[J", at + 1))
    ++frames;
  CHECK(frames >= 2);
  CHECK(frames <= static_cast<std::size_t>(elapsed / 100ms) + 1);
}

TEST_CASE("a live view that is dropped shows the cursor again", "[report]") {
  Screen screen{80, 24};
  {
    const auto view = make_live_view(screen.fd(), {});
    view->on_event(begin(1));
    view->on_event(make(EventKind::step_started, "up"));
    CHECK(screen.shows([](const Terminal& terminal) { return !terminal.is_cursor_shown(); }));
  }
  CHECK(screen.close().is_cursor_shown());
}

TEST_CASE("a quiet live view draws nothing", "[report]") {
  Screen screen{80, 24};
  {
    const auto view = make_live_view(screen.fd(), options_of(Verbosity::quiet));
    for (const Event& event : whole_run()) view->on_event(event);
  }
  CHECK(screen.close().lines() == Lines{"error[H0705]: cannot write 'x'", "  = help: make room"});
}

TEST_CASE("a terminal that is gone does not stop the run", "[report]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  {
    const auto view = make_live_view(ends[1], {});
    for (const Event& event : whole_run()) CHECK_NOTHROW(view->on_event(event));
  }
  ::signal(SIGPIPE, before);
  ::close(ends[1]);
}

TEST_CASE("events after the end are ignored", "[report]") {
  std::vector<Event> events = whole_run();
  events.push_back(end("late", Outcome::failure));
  events.push_back(over(Outcome::failure));
  CHECK(plain(events) == plain(whole_run()));
}
