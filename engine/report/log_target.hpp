// What --log and HARBOR_LOG ask for: how much is logged, and where to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace harbor::report {

/// The least level that is logged; the first five are HARBOR_LOG_*.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// Where the log goes.
struct LogTarget {
  enum class Kind : std::uint8_t { standard_error, file, syslog };
  Kind kind = Kind::standard_error;
  std::filesystem::path file;  ///< absolute

  friend bool operator==(const LogTarget&, const LogTarget&) = default;
};

/// A request as it is written, `LEVEL`, `TARGET` or `LEVEL:TARGET`; what it leaves out is empty. A
/// target is `-` for standard error, `syslog`, or a file; a file whose name looks like something
/// else is written with a slash, `./debug`.
struct LogRequest {
  std::optional<LogLevel> level;
  std::optional<LogTarget> target;
};

/// Reads a request. Relative files are seen from `folder`. Throws report::Error H0802 when what
/// stands in front of a colon is no level; `source` says in the message whose value it is.
[[nodiscard]] LogRequest parse_log_request(std::string_view text,
                                           const std::filesystem::path& folder,
                                           std::string_view source);

/// What remains to be decided: the level is `debug`, the target standard error, where both requests
/// leave it out.
struct LogChoice {
  LogLevel level = LogLevel::debug;
  LogTarget target;
};

/// `option` (--log) wins over `variable` (HARBOR_LOG), each for what it says. Nothing when neither
/// is given (both texts are empty) or the level is `off`.
[[nodiscard]] std::optional<LogChoice> choose_log(std::string_view option,
                                                  std::string_view variable,
                                                  const std::filesystem::path& folder);

}  // namespace harbor::report
