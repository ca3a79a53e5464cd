#include "cli/event_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "report/code_store.hpp"

namespace harbor::cli {
namespace {

report::Diagnostic not_written(const std::string& path, int error) {
  // The text for ENXIO, "No such device or address", would mislead: a FIFO has no reader.
  const std::string reason = error == ENXIO ? "this pipe has no reader" : std::strerror(error);
  return report::diagnose(report::code::write_failed,
                          "cannot write events to " + path + ": " + reason, {},
                          "--events takes a file that can be written, or - for standard output");
}

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& path)
    : path_(path.string()), stream_(report::make_event_stream(text_)) {
  // O_NONBLOCK: opening a FIFO must not wait for a reader. Once there is one, writes wait for it.
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
  file_ = system::FileDescriptor(fd);
  if (fd < 0) throw report::Error(not_written(path_, errno));
  if (::fcntl(fd, F_SETFL, O_APPEND) != 0) throw report::Error(not_written(path_, errno));
}

void EventFile::on_event(const report::Event& event) {
  if (failed_ != 0) return;
  stream_->on_event(event);
  failed_ = write_all(file_.get(), text_.view());
  text_.str({});
}

std::optional<report::Diagnostic> EventFile::problem() const {
  if (failed_ == 0) return std::nullopt;
  return not_written(path_, failed_);
}

}  // namespace harbor::cli
