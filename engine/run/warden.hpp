// Ends the process when an operation does not end: a thread cannot be killed, a process can.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "host/call.hpp"
#include "report/exit_status.hpp"
#include "run/watch.hpp"

namespace harbor::run {

/// Called with the id of a step that does not stop, on the warden's thread; ends the process.
using LastWords = std::function<void(const std::string& step, ExitStatus status)>;

/// Watches for as long as it lives.
class Warden {
 public:
  Warden(const Watch& watch, const host::Services& services, LastWords last_words);
  ~Warden();
  Warden(const Warden&) = delete;
  Warden& operator=(const Warden&) = delete;

 private:
  void stand_guard(const Watch& watch, const host::Services& services, const LastWords& last_words);

  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace harbor::run
