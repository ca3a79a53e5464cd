// harbor/testing/record.hpp - what every test of a pack looks at: how an operation ended, what it
// reported, and which rule was broken.
#pragma once

#include <harbor/plugin.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace harbor::testing {

using json = nlohmann::json;

/// The test, or the pack, broke a rule of the boundary.
struct Misuse : std::logic_error {
  using std::logic_error::logic_error;
};

// ---- What was recorded

/// A failure or a warning that the pack handed to the host.
struct Failure {
  harbor_status status = HARBOR_OK;
  std::string code, message, hint, pointer;
  json detail = nullptr;
};

struct Log {
  std::int32_t level = HARBOR_LOG_INFO;
  std::string message;
  json fields = nullptr;
};

struct Progress {
  double fraction = 0;
  std::string what;
};

/// How one operation ended.
struct Result {
  harbor_status status = HARBOR_OK;
  json output = nullptr;  ///< null when nothing was emitted
  std::vector<Failure> errors, warnings;

  [[nodiscard]] bool ok() const noexcept { return status <= HARBOR_OK; }
};

inline std::string name_of(harbor_status status) {
  static constexpr const char* names[] = {
      "HARBOR_OK",          "HARBOR_E_FAILED",      "HARBOR_E_INPUT",
      "HARBOR_E_RETRYABLE", "HARBOR_E_CANCELLED",   "HARBOR_E_TIMEOUT",
      "HARBOR_E_DENIED",    "HARBOR_E_NOT_FOUND",   "HARBOR_E_UNSUPPORTED",
      "HARBOR_E_INTERNAL",  "HARBOR_E_UNAVAILABLE", "HARBOR_E_IO"};
  if (status == HARBOR_UNCHANGED) return "HARBOR_UNCHANGED";
  if (status >= 0 && status < static_cast<harbor_status>(std::size(names))) return names[status];
  return "status " + std::to_string(status);
}

inline std::string to_string(const Failure& failure) {
  std::string text = name_of(failure.status) + " " + failure.code + ": " + failure.message;
  if (!failure.pointer.empty()) text += " (at " + failure.pointer + ")";
  if (!failure.hint.empty()) text += "; hint: " + failure.hint;
  return text;
}

/// For the message of an assertion: `INFO(to_string(result));`
inline std::string to_string(const Result& result) {
  std::string text = name_of(result.status);
  if (!result.output.is_null()) text += "\noutput: " + result.output.dump();
  for (const Failure& error : result.errors) text += "\nerror: " + to_string(error);
  for (const Failure& warning : result.warnings) text += "\nwarning: " + to_string(warning);
  return text;
}

}  // namespace harbor::testing
