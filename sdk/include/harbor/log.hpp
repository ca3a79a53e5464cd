// harbor/log.hpp - what the user sees while an operation runs: lines, progress, warnings and
// failures.
#pragma once

#include <harbor/call.hpp>
#include <harbor/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace harbor {

namespace detail {

/// A harbor_error and the text that it points into.
class ErrorView {
 public:
  explicit ErrorView(const Error& error, std::uint32_t flags = 0) : detail_(detail_of(error)) {
    raw_.struct_size = sizeof raw_;
    raw_.flags = flags;
    raw_.code = view(error.code);
    raw_.message = view(error.message);
    raw_.hint = view(error.hint);
    raw_.pointer = view(error.pointer);
    raw_.detail = view(detail_);
  }
  ErrorView(const ErrorView&) = delete;
  ErrorView& operator=(const ErrorView&) = delete;

  const harbor_error* get() const noexcept { return &raw_; }

 private:
  static std::string detail_of(const Error& error) {
    if (error.labels.empty() && error.causes.empty()) return {};
    json detail = json::object();
    for (const Label& label : error.labels) {
      detail["labels"].push_back({{"file", label.file},
                                  {"line", label.line},
                                  {"column", label.column},
                                  {"length", label.length},
                                  {"text", label.text}});
    }
    if (!error.causes.empty()) detail["causes"] = error.causes;
    return dump(detail);
  }

  std::string detail_;
  harbor_error raw_{};
};

}  // namespace detail

/// A line for the run's log, from any thread; `level` is HARBOR_LOG_*, `fields` an object or null.
inline void log(const Call& call, std::int32_t level, std::string_view message,
                const json& fields = nullptr) {
  const std::string text = fields.is_null() ? std::string() : detail::dump(fields);
  call.host().log(call.raw(), level, detail::view(message), detail::view(text));
}

/// How far the operation is, from any thread: 0 to 1, or negative when unknown; `what` is a few
/// words.
inline void progress(const Call& call, double fraction, std::string_view what = {}) {
  call.host().progress(call.raw(), fraction, detail::view(what));
}

/// Records a warning in full: code, places, hint. The operation may still succeed.
inline void record_warning(const Call& call, const Error& warning) {
  call.host().fail(call.raw(), warning.status,
                   detail::ErrorView(warning, HARBOR_ERROR_WARNING).get());
}

/// Records a failure; returns the status that the operation must end with.
inline harbor_status record_failure(const Call& call, const Error& error) {
  const harbor_status status = error.status > HARBOR_OK ? error.status : HARBOR_E_FAILED;
  call.host().fail(call.raw(), status, detail::ErrorView(error).get());
  return status;
}

}  // namespace harbor
