#include "process/flow.hpp"

#include <array>
#include <cerrno>
#include <climits>

namespace harbor::process {
namespace {

// A prompt does not end its line and may look like the beginning of a secret. When nothing follows
// for this long, somebody is waiting to read it.
constexpr std::chrono::milliseconds quiet_time{50};

void take(Flow& flow, std::string_view bytes) {
  flow.bytes += bytes.size();
  if (flow.capture) {
    flow.capture->add(bytes);
  } else if (flow.mask) {
    flow.pending += flow.mask->feed(bytes);
    flow.release_at = Clock::now() + quiet_time;
  } else {
    flow.pending += bytes;
  }
}

}  // namespace

std::size_t read_some(Flow& flow) {
  std::array<char, 64 * 1024> buffer;
  const auto count = ::read(flow.from.get(), buffer.data(), buffer.size());
  if (count > 0) {
    take(flow, {buffer.data(), static_cast<std::size_t>(count)});
    return static_cast<std::size_t>(count);
  }
  // A pseudo-terminal ends with EIO.
  const bool is_over = count == 0 || (errno != EINTR && errno != EAGAIN);
  if (is_over) finish(flow);
  return 0;
}

void write_some(Flow& flow) {
  // No more than this fits without blocking into a pipe that poll() calls writable.
  const std::size_t size = std::min<std::size_t>(flow.pending.size(), PIPE_BUF);
  const auto count = ::write(flow.to, flow.pending.data(), size);
  if (count >= 0) {
    flow.pending.erase(0, static_cast<std::size_t>(count));
  } else if (errno != EINTR && errno != EAGAIN) {
    // The reader is gone. The closed pipe tells the child so, as it would without Harbor in
    // between.
    flow.from.close();
    flow.pending.clear();
    flow.mask.reset();
  }
}

void finish(Flow& flow) {
  flow.from.close();
  flow.release_at.reset();
  if (flow.capture) flow.capture->finish();
  if (flow.mask) flow.pending += flow.mask->finish_cut();
}

void release(Flow& flow) {
  flow.release_at.reset();
  if (flow.mask) flow.pending += flow.mask->release();
}

}  // namespace harbor::process
