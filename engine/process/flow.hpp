// Bytes on their way between a child and Harbor.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "process/capture.hpp"
#include "process/process.hpp"
#include "secret/masker.hpp"
#include "system/file_descriptor.hpp"

namespace harbor::process {

/// One direction of one stream. Bytes come from `from`; they end in `capture`, or go through `mask`
/// to `to`. Nothing is read while something waits to be written, so that a slow reader slows the
/// child down.
struct Flow {
  system::FileDescriptor from;
  int to = -1;            ///< not owned
  bool is_output = true;  ///< from the child
  std::optional<Capture> capture;
  std::optional<secret::Masker::Stream> mask;

  std::string pending;                          ///< to be written to `to`
  std::size_t bytes = 0;                        ///< read in all
  std::optional<Clock::time_point> release_at;  ///< when to hand out what the mask holds back

  [[nodiscard]] bool wants_to_read() const { return from.is_open() && pending.empty(); }
  [[nodiscard]] bool wants_to_write() const { return !pending.empty(); }
  [[nodiscard]] bool is_finished() const { return !from.is_open() && pending.empty(); }
};

/// Reads once, when `from` is readable or hung up. Returns how many bytes came; at the end `from`
/// is closed.
std::size_t read_some(Flow& flow);

/// Writes once, when `to` is writable or broken. When the reader is gone, `from` is closed as well.
void write_some(Flow& flow);

/// Ends the flow: nothing more is read, what was held back becomes pending or a last line.
void finish(Flow& flow);

/// Hands out a prompt or an echo even though it might be the beginning of a secret.
void release(Flow& flow);

}  // namespace harbor::process
