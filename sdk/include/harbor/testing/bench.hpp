// harbor/testing/bench.hpp - what the powers of the fake host share: the call that runs, the vault,
// the memory that a call may use, and the rules that were broken.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/record.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::testing {

/// A text that was passed to a child. Secrets in it are written out.
struct Text {
  std::string value;
  bool has_secret = false;
};

namespace detail {

inline std::string text(harbor_str view) {
  return view.len == 0 ? std::string() : std::string(view.ptr, view.len);
}

/// Bytes on the heap without a terminator, so that a sanitizer catches reads past the end.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::string_view text) : data_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), data_.get());
  }
  [[nodiscard]] harbor_str view() const noexcept { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
};

}  // namespace detail

/// The base of every power, one in each host. A power puts its functions into the table, or offers
/// a table of its own, when it is constructed.
class Bench {
 public:
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// From now on this function of the table fails: "save_state", "spawn", ... HARBOR_OK takes it
  /// back. An "alloc" that fails returns NULL.
  void refuse(const std::string& function, harbor_status status) { refused_[function] = status; }
  /// Each run is cancelled at its k-th call of a host function (counted from 1; 0 =
  /// never): from then on cancelled() says so and nothing can be spawned.
  void cancel_at(std::size_t k) { cancel_at_ = k; }
  /// What extension(id) returns; a table of the test's own takes the place of the host's.
  void extend(const std::string& id, const void* table) { extensions_[id] = table; }
  /// How often host functions were called in the last run.
  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
  /// The table itself, as a pack's entry point gets it.
  [[nodiscard]] const harbor_host* table() const noexcept { return &table_.raw; }

 protected:
  Bench();
  virtual ~Bench() = default;  // so that a power finds itself in the bench that a call carries

  /// The power that a function of the table works on.
  template <class Power>
  static Power& of(harbor_call* call) noexcept {
    return *dynamic_cast<Power*>(static_cast<Bench*>(call->opaque));
  }

  template <class Body>
  harbor_status answer(const char* function, const Body& body) noexcept;
  void misused(std::string what) { misuses_.push_back(std::move(what)); }
  bool declares(std::uint64_t effect, const char* name);
  /// True in validate, plan and status.
  [[nodiscard]] bool only_looks() const noexcept;
  bool parse(harbor_str text, const char* function, json& value);
  [[nodiscard]] harbor_status stopped() const noexcept;
  harbor_str keep(std::string_view text);
  bool append(const harbor_part& part, Text& text);
  void check_leak(const char* where, harbor_str text);
  harbor_host& functions() noexcept { return table_.raw; }

  struct Table {
    harbor_host raw;
    Bench* owner;
  };

  Table table_{};
  mutable std::recursive_mutex mutex_;  // on_line() and with_secret() call back
  std::map<std::string, std::string> vault_;

  // Of the operation that runs.
  harbor_call* call_ = nullptr;
  Result result_;
  std::size_t calls_ = 0;
  std::vector<std::string> misuses_;
  std::vector<detail::Bytes> arena_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;

 private:
  static harbor_status do_cancelled(harbor_call*) noexcept;
  static void* do_alloc(harbor_call*, std::size_t, std::size_t) noexcept;
  static const void* do_extension(const harbor_host*, harbor_str) noexcept;

  std::map<std::string, harbor_status> refused_;
  std::map<std::string, const void*> extensions_;
  std::size_t cancel_at_ = 0;
};

inline Bench::Bench() {
  table_.owner = this;
  harbor_host& host = table_.raw;
  host.struct_size = sizeof host;
  host.abi_major = HARBOR_ABI_MAJOR;
  host.abi_minor = HARBOR_ABI_MINOR;
  host.version = {"2.0.0", 5};
  host.cancelled = do_cancelled;
  host.alloc = do_alloc;
  host.extension = do_extension;
}

/// Counts the call, applies refuse(), and lets nothing escape into the pack.
template <class Body>
harbor_status Bench::answer(const char* function, const Body& body) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (const auto found = refused_.find(function);
        found != refused_.end() && found->second > HARBOR_OK) {
      return found->second;
    }
    return body();
  } catch (const std::exception& exception) {
    misused(std::string(function) + ": " + exception.what());
  } catch (...) {
    misused(std::string(function) + ": unknown exception");
  }
  return HARBOR_E_INTERNAL;
}

inline bool Bench::only_looks() const noexcept {
  return call_->op == HARBOR_OP_VALIDATE || call_->op == HARBOR_OP_PLAN ||
         call_->op == HARBOR_OP_STATUS;
}

inline bool Bench::declares(std::uint64_t effect, const char* name) {
  if ((call_->action->effects & effect) != 0) return true;
  misused(std::string("does what its effects do not declare: ") + name);
  return false;
}

inline bool Bench::parse(harbor_str text, const char* function, json& value) {
  value = json::parse(detail::text(text), nullptr, false);
  if (value.is_object()) return true;
  misused(std::string(function) + " needs a JSON object, got: " + detail::text(text));
  return false;
}

inline harbor_status Bench::stopped() const noexcept {
  if (cancel_at_ != 0 && calls_ >= cancel_at_) return HARBOR_E_CANCELLED;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  if (call_->deadline_ms != 0 && now >= std::chrono::milliseconds(call_->deadline_ms)) {
    return HARBOR_E_TIMEOUT;
  }
  return HARBOR_OK;
}

inline harbor_str Bench::keep(std::string_view text) {
  arena_.emplace_back(text);
  return arena_.back().view();
}

/// False for a reference that the vault does not know.
inline bool Bench::append(const harbor_part& part, Text& text) {
  if (part.secret.len == 0) {
    text.value += detail::text(part.text);
    return true;
  }
  const auto found = vault_.find(detail::text(part.secret));
  if (found == vault_.end()) return false;
  text.value += found->second;
  text.has_secret = true;
  return true;
}

/// Secrets travel as references: none may be in what the engine prints or stores. Very short ones
/// are not looked for, since they would be found by chance.
inline void Bench::check_leak(const char* where, harbor_str text) {
  const std::string_view haystack =
      text.len == 0 ? std::string_view{} : std::string_view(text.ptr, text.len);
  for (const auto& [reference, value] : vault_) {
    if (value.size() >= 4 && haystack.find(value) != std::string_view::npos) {
      misused("the value of the secret " + reference + " was passed to " + where + "()");
    }
  }
}

inline harbor_status Bench::do_cancelled(harbor_call* call) noexcept {
  auto& host = of<Bench>(call);
  return host.answer("cancelled", [&] { return host.stopped(); });
}

inline void* Bench::do_alloc(harbor_call* call, std::size_t size, std::size_t align) noexcept {
  auto& host = of<Bench>(call);
  void* block = nullptr;
  host.answer("alloc", [&] {
    std::size_t space = size + align;
    host.blocks_.push_back(std::make_unique<std::byte[]>(space));
    block = host.blocks_.back().get();
    std::align(align, size, block, space);
    return HARBOR_OK;
  });
  return block;
}

inline const void* Bench::do_extension(const harbor_host* table, harbor_str id) noexcept {
  const Bench& host = *reinterpret_cast<const Table*>(table)->owner;
  try {
    const auto found = host.extensions_.find(detail::text(id));
    return found == host.extensions_.end() ? nullptr : found->second;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace harbor::testing
