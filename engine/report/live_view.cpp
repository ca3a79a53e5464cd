#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "report/line.hpp"
#include "report/text.hpp"
#include "report/tree.hpp"

namespace harbor::report {
namespace {

constexpr auto frame_interval = std::chrono::milliseconds{100};
constexpr std::string_view hide = "\x1b[?25l";
constexpr std::string_view show = "\x1b[?25h";

/// Columns and rows of the terminal now.
struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

Size size_of(int fd, std::size_t columns) {
  struct winsize size {};
  const bool is_known = ::ioctl(fd, TIOCGWINSZ, &size) == 0;
  return {std::max<std::size_t>(is_known && size.ws_col != 0 ? size.ws_col : columns, 10),
          std::max<std::size_t>(is_known && size.ws_row != 0 ? size.ws_row : 24, 4)};
}

/// Writes everything, or gives up once the terminal is gone.
void write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      struct pollfd writable {
        fd, POLLOUT, 0
      };
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

/// What is on the screen: the widths of the rows that the next frame replaces.
struct Frame {
  std::vector<std::size_t> widths;

  /// Goes to the first row of the frame. If the terminal became narrower, it has wrapped the rows
  /// meanwhile.
  [[nodiscard]] std::string go_back(std::size_t columns) const {
    std::size_t rows = 0;
    for (const std::size_t width : widths)
      rows += std::max<std::size_t>(1, (width + columns - 1) / columns);
    return rows == 0 ? "\r" : "\r\x1b[" + std::to_string(rows) + "A";
  }
};

class LiveView final : public Observer {
 public:
  LiveView(int fd, ViewOptions options)
      : fd_(fd), options_(std::move(options)), is_quiet_(options_.verbosity == Verbosity::quiet) {
    if (!is_quiet_) painter_ = std::thread{[this] { paint_frames(); }};
  }

  ~LiveView() override { stop(); }

  void on_event(const Event& event) override {
    // A trace that another observer asked for must not make the painter draw the same frame again.
    if (is_over_ || event.kind == EventKind::trace) return;
    {
      const std::scoped_lock guard{mutex_};
      apply(tree_, event, std::chrono::steady_clock::now());
      diagnostics_.insert(diagnostics_.end(), event.diagnostics.begin(), event.diagnostics.end());
      const bool is_verbose = options_.verbosity == Verbosity::verbose;
      if (auto line = log_line(event, is_verbose ? 0 : 3, is_verbose); line && !is_quiet_) {
        lines_.push_back(std::move(*line));
      }
      is_dirty_ = true;
    }
    if (event.kind == EventKind::run_finished) finish(event);
  }

 private:
  /// The painter's thread: a frame each interval while there is something to show.
  void paint_frames() {
    std::unique_lock guard{mutex_};
    while (!wake_.wait_for(guard, frame_interval, [this] { return is_stopping_; })) {
      if (!is_dirty_ && tree_.running.empty()) continue;
      is_dirty_ = false;
      const std::string frame = next_frame(false);
      // A terminal that does not read (Ctrl-S) stops the painter, not the run.
      guard.unlock();
      write_all(fd_, frame);
      guard.lock();
    }
  }

  /// The text that turns the screen into the next frame, or into the last one. Call with the mutex
  /// held or without a painter.
  std::string next_frame(bool is_last) {
    const Size size = size_of(fd_, options_.width);
    const TreeLook look{options_.color, options_.unicode, size.columns - 1, size.rows - 1};
    const auto now = std::chrono::steady_clock::now();
    const auto rows = is_last ? final_rows(tree_, now, look) : live_rows(tree_, now, look);
    std::string text{is_cursor_hidden_ || is_last ? "" : hide};
    if (!is_last) is_cursor_hidden_ = true;
    text += frame_.go_back(size.columns);
    for (const std::string& line : lines_) {
      for (const std::string& part : wrap(line, look.columns)) text += part + "\x1b[K\r\n";
    }
    lines_.clear();
    frame_.widths.clear();
    for (const std::string& row : rows) {
      text += row + "\x1b[K\r\n";
      frame_.widths.push_back(columns_without_ink(row));
    }
    return text + "\x1b[J";
  }

  [[nodiscard]] static std::size_t columns_without_ink(std::string_view row) {
    return columns_of(plain_line(row));
  }

  void stop() {
    {
      const std::scoped_lock guard{mutex_};
      is_stopping_ = true;
    }
    wake_.notify_all();
    if (painter_.joinable()) painter_.join();
    if (std::exchange(is_cursor_hidden_, false)) write_all(fd_, show);
  }

  void finish(const Event& event) {
    is_over_ = true;
    stop();
    options_.width = static_cast<unsigned>(size_of(fd_, options_.width).columns);
    std::string text = is_quiet_ ? std::string{} : next_frame(true);
    const std::string closing =
        closing_text(diagnostics_, tree_.command, tree_.tally, event, options_);
    if (!diagnostics_.empty() && !text.empty()) text += "\r\n";
    for (const char c : closing) text += c == '\n' ? std::string{"\r\n"} : std::string(1, c);
    write_all(fd_, text);
  }

  const int fd_;
  ViewOptions options_;
  const bool is_quiet_;
  bool is_over_ = false;  // only the sender's thread

  std::mutex mutex_;
  std::condition_variable wake_;
  Tree tree_;
  Diagnostics diagnostics_;
  std::vector<std::string> lines_;  // to be printed above the tree
  Frame frame_;
  bool is_dirty_ = false;
  bool is_stopping_ = false;
  bool is_cursor_hidden_ = false;
  std::thread painter_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Observer> make_live_view(int fd, ViewOptions options) {
  return std::make_unique<LiveView>(fd, std::move(options));
}

void show_cursor(int fd) noexcept { write_all(fd, show); }

}  // namespace harbor::report
