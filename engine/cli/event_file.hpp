// The file of --events.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "report/view.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::cli {

/// An event stream that owns its file, which may be a pipe or a device. Not thread-safe, like every
/// observer.
class EventFile : public report::Observer {
 public:
  /// Appends to `path`. Throws report::Error H0705, also for a FIFO without a reader.
  explicit EventFile(const std::filesystem::path& path);

  void on_event(const report::Event& event) override;

  /// Says that events were lost, and why; nothing if none were. A run goes on without its events
  /// and reports this at its end.
  [[nodiscard]] std::optional<report::Diagnostic> problem() const;

 private:
  std::string path_;
  system::FileDescriptor file_;
  int failed_ = 0;  ///< errno of the first write that failed
  std::ostringstream text_;
  std::unique_ptr<report::Observer> stream_;
};

}  // namespace harbor::cli
