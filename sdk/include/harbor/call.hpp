// harbor/call.hpp - one call of an operation, the argument of every power of the host: what the
// call is about, how a power finds the host's tables, and how a refusal of the host becomes an
// exception.
#pragma once

#include <harbor/plugin.h>
#include <harbor/error.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace harbor {

using json = nlohmann::json;

namespace detail {

constexpr harbor_str view(std::string_view text) noexcept { return {text.data(), text.size()}; }

constexpr std::string_view text(harbor_str view) noexcept {
  return view.len == 0 ? std::string_view{} : std::string_view{view.ptr, view.len};
}

/// Never throws for invalid UTF-8: such bytes become U+FFFD.
inline std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Runs `body`, a callback that the host calls, and keeps the first exception for later: nothing
/// may unwind through the host.
template <class Body>
void guard(std::exception_ptr& thrown, const Body& body) noexcept {
  if (thrown) return;
  try {
    body();
  } catch (...) {
    thrown = std::current_exception();
  }
}

}  // namespace detail

/// Thrown when the host refuses or cannot do what was asked; the host has recorded why. If nobody
/// catches it, it ends the operation with that status. To say something better, catch it and throw
/// an Error.
struct HostFailure : std::exception {
  harbor_status status;
  const char* function;  ///< of the host table: "spawn"

  HostFailure(harbor_status result, const char* name) noexcept : status(result), function(name) {}

  const char* what() const noexcept override { return function; }
};

/// What a call is about. Borrows the harbor_call: it and every view that it returns live as long as
/// the operation. Its functions may be called from any thread.
class Call {
 public:
  explicit Call(harbor_call* call) noexcept : call_(call) {}

  [[nodiscard]] std::uint32_t op() const noexcept { return call_->op; }            ///< HARBOR_OP_*
  [[nodiscard]] std::uint32_t attempt() const noexcept { return call_->attempt; }  ///< from 1
  [[nodiscard]] std::string_view action() const noexcept {
    return detail::text(call_->action->name);
  }
  [[nodiscard]] std::string_view workspace() const noexcept {
    return detail::text(call_->workspace);
  }
  [[nodiscard]] std::string_view run_dir() const noexcept { return detail::text(call_->run_dir); }
  [[nodiscard]] std::string_view run_id() const noexcept { return detail::text(call_->run_id); }
  [[nodiscard]] std::string_view step_id() const noexcept { return detail::text(call_->step_id); }
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const {
    if (call_->deadline_ms == 0) return std::nullopt;
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(call_->deadline_ms));
  }
  /// 0, HARBOR_E_CANCELLED or HARBOR_E_TIMEOUT.
  [[nodiscard]] harbor_status cancelled() const noexcept { return host().cancelled(call_); }
  /// True in validate, plan and status, which change nothing.
  [[nodiscard]] bool only_looks() const noexcept {
    return op() == HARBOR_OP_VALIDATE || op() == HARBOR_OP_PLAN || op() == HARBOR_OP_STATUS;
  }

  /// True in a validate that `harbor check` asks for: nothing will be executed, so look at
  /// everything that execute would read, and return what it would. See HARBOR_CALL_CHECK.
  [[nodiscard]] bool is_check() const noexcept { return (call_->flags & HARBOR_CALL_CHECK) != 0; }
  /// True in such a validate when artifacts that the input takes are missing. See
  /// HARBOR_CALL_PARTIAL.
  [[nodiscard]] bool is_partial() const noexcept {
    return (call_->flags & HARBOR_CALL_PARTIAL) != 0;
  }

  /// An optional table of the host ("harbor.files.v1"), or nullptr. The caller knows its type from
  /// the id.
  template <class Table>
  [[nodiscard]] const Table* extension(std::string_view id) const {
    return static_cast<const Table*>(host().extension(call_->host, detail::view(id)));
  }
  /// The same, for a power that cannot do without it: throws Error (HARBOR_E_UNSUPPORTED,
  /// "sdk.unsupported") with `what` in "this Harbor cannot ...".
  template <class Table>
  [[nodiscard]] const Table& needed(std::string_view id, const char* what) const {
    if (const auto* table = extension<Table>(id)) return *table;
    throw Error(HARBOR_E_UNSUPPORTED, "sdk.unsupported", std::string("this Harbor cannot ") + what,
                "install a newer Harbor");
  }

  [[nodiscard]] const harbor_host& host() const noexcept { return *call_->host; }
  [[nodiscard]] harbor_call* raw() const noexcept { return call_; }

 private:
  harbor_call* call_;
};

namespace detail {

inline void check(harbor_status status, const char* function) {
  if (status > HARBOR_OK) throw HostFailure(status, function);
}

}  // namespace detail
}  // namespace harbor
