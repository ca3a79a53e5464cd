#include "report/log_view.hpp"

// The log's own file must not be open in the processes that Harbor starts.
#define SPDLOG_PREVENT_CHILD_FD
#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "report/code_store.hpp"
#include "report/diagnostic.hpp"
#include "report/log_text.hpp"

namespace harbor::report {
namespace {

constexpr std::size_t file_size = std::size_t{10} << 20;
constexpr std::size_t kept_files = 5;

/// The library creates files with the user's umask, but a log says more about a project than others
/// need to know. Returns an errno, 0 when the file can be written.
int make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
  if (file < 0) return errno;
  ::close(file);
  return 0;
}

spdlog::sink_ptr file_sink(const std::filesystem::path& path) {
  // Tried first: the library creates missing folders, and tries five times before it gives up.
  if (const int error = make_private(path.string()))
    throw Error(diagnose(code::write_failed,
                         "cannot write the log to '" + path.string() + "': " + std::strerror(error),
                         {}, "--log and HARBOR_LOG take a file in a folder that exists"));
  spdlog::file_event_handlers handlers;
  handlers.before_open = [](const std::string& name) { make_private(name); };
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path.string(), file_size,
                                                                kept_files, false, handlers);
}

spdlog::sink_ptr sink_of(const LogTarget& target) {
  switch (target.kind) {
    case LogTarget::Kind::file:
      return file_sink(target.file);
    case LogTarget::Kind::syslog:
      return std::make_shared<spdlog::sinks::syslog_sink_mt>("harbor", LOG_PID, LOG_USER, false);
    case LogTarget::Kind::standard_error:
      break;
  }
  return std::make_shared<spdlog::sinks::stderr_sink_mt>();
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

class LogView final : public Observer {
 public:
  explicit LogView(const LogChoice& choice)
      : logger_("harbor", sink_of(choice.target)), wants_trace_(choice.level != LogLevel::error) {
    logger_.set_level(level_of(choice.level));
    // The logger stays out of the library's registry: only this view uses it.
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %P %l %v", spdlog::pattern_time_type::utc));
    // If the process is killed, or the warden ends it, the log is still complete.
    logger_.flush_on(spdlog::level::trace);
    logger_.set_error_handler([this](const std::string& problem) {
      logger_.set_level(spdlog::level::off);
      const std::string text = "harbor: the log ends here: " + problem + "\n";
      if (::write(STDERR_FILENO, text.data(), text.size()) < 0) errno = 0;
    });
  }

  void on_event(const Event& event) override {
    if (const auto line = log_text(event)) put(*line);
    for (const Diagnostic& diagnostic : event.diagnostics) put(diagnostic_line(event, diagnostic));
  }
  [[nodiscard]] bool wants_trace() const override { return wants_trace_; }

 private:
  void put(const LogLine& line) {
    logger_.log(level_of(line.level), spdlog::string_view_t(line.text));
  }

  spdlog::logger logger_;
  const bool wants_trace_;
};

}  // namespace

std::unique_ptr<Observer> make_log_view(const LogChoice& choice) {
  try {
    return std::make_unique<LogView>(choice);
  } catch (const spdlog::spdlog_ex& problem) {
    throw Error(
        diagnose(code::write_failed, std::string("cannot open the log: ") + problem.what()));
  }
}

}  // namespace harbor::report
