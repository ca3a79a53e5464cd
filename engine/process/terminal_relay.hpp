// Lends the user's terminal to one child, through a pseudo-terminal so that Harbor can mask what is
// printed.
#pragma once

#include <termios.h>

#include <memory>
#include <string>

#include "system/file_descriptor.hpp"

namespace harbor::process {

/// Standard input and standard output are a terminal.
[[nodiscard]] bool has_terminal() noexcept;

/// While alive, the user's terminal is in raw mode (keys go to the child as they are) and a change
/// of its size reaches the child. The mode is restored at destruction, and before a signal kills
/// this process. One at a time.
class TerminalRelay {
 public:
  /// nullptr, with the reason, when there is no pseudo-terminal or another relay has the user's
  /// one.
  [[nodiscard]] static std::unique_ptr<TerminalRelay> open(std::string& reason);
  ~TerminalRelay();
  TerminalRelay(const TerminalRelay&) = delete;
  TerminalRelay& operator=(const TerminalRelay&) = delete;

  /// What the child opens as its terminal.
  [[nodiscard]] const std::string& child_path() const noexcept { return child_path_; }
  /// Call once the child has opened it: only then does the child's exit end the master's bytes.
  void close_child_side() noexcept { child_side_.close(); }
  /// A copy of the master side, non-blocking.
  [[nodiscard]] system::FileDescriptor copy_master() const;
  [[nodiscard]] int master() const noexcept { return master_.get(); }
  /// Readable when the size has changed: call forward_size() then.
  [[nodiscard]] int resized_fd() const noexcept { return resized_.get(); }
  void forward_size() noexcept;

 private:
  TerminalRelay() = default;
  [[nodiscard]] bool open_pair();
  void watch_signals() noexcept;

  system::FileDescriptor master_;
  system::FileDescriptor child_side_;
  system::FileDescriptor resized_;
  std::string child_path_;
};

}  // namespace harbor::process
