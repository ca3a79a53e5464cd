// What --log and HARBOR_LOG ask for: how much is logged, and where to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace harbor::report {

/// The lowest level that is logged; the first five are HARBOR_LOG_*.
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// Where the log goes.
struct LogTarget {
  enum class Kind : std::uint8_t { standard_error, file, syslog };
  Kind kind = Kind::standard_error;
  std::filesystem::path file;  ///< absolute

  friend bool operator==(const LogTarget&, const LogTarget&) = default;
};

/// A request as written: `LEVEL`, `TARGET` or `LEVEL:TARGET`; what is left out is empty. A target
/// is `-` for standard error, `syslog`, or a file; a file whose name could be one of these or a
/// level is written with a slash, `./debug`.
struct LogRequest {
  std::optional<LogLevel> level;
  std::optional<LogTarget> target;
};

/// Reads a request. Relative files start at `folder`. Throws report::Error H0802 when the text
/// before a colon is not a level; `source` names the origin of the value in the message.
[[nodiscard]] LogRequest parse_log_request(std::string_view text,
                                           const std::filesystem::path& folder,
                                           std::string_view source);

/// The decision: the level is `debug` and the target standard error if both requests leave them
/// out.
struct LogChoice {
  LogLevel level = LogLevel::debug;
  LogTarget target;
};

/// Level and target each come from `option` (--log) if given there, else from `variable`
/// (HARBOR_LOG). Nothing when both requests are empty or the level is `off`.
[[nodiscard]] std::optional<LogChoice> choose_log(std::string_view option,
                                                  std::string_view variable,
                                                  const std::filesystem::path& folder);

}  // namespace harbor::report
