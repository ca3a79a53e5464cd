// Reports what the kernel does: the folders that it searches, the processes that it starts, the
// locks that it waits for.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "report/event.hpp"

namespace harbor::report {

/// Receives events of kind `trace`. Empty when nothing listens; test for that before making an
/// event. Thread-safe if it is handed to code of several threads.
using Trace = std::function<void(Event)>;

/// Levels of a trace, as HARBOR_LOG_*: `detail` is for what happens at every start and is rarely
/// needed.
enum class TraceLevel : int { detail = 0, step = 1, note = 2, warning = 3, failure = 4 };

/// `topic` is a literal.
[[nodiscard]] inline Event trace_event(std::string_view topic, std::string text,
                                       nlohmann::json fields = nullptr,
                                       TraceLevel level = TraceLevel::step) {
  Event event;
  event.kind = EventKind::trace;
  event.topic = topic;
  event.text = std::move(text);
  event.fields = std::move(fields);
  event.level = static_cast<int>(level);
  return event;
}

}  // namespace harbor::report
