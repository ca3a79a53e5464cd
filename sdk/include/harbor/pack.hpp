// harbor/pack.hpp - the table of a pack, its documented failures and its entry point.
#pragma once

#include <harbor/plugin.h>
#include <harbor/call.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace harbor {

/// Documentation of one failure, shown by `harbor explain CODE`; every text must be a literal.
struct Failure {
  harbor_status status;
  const char* code;         ///< as in Error::code
  const char* title;        ///< one line
  const char* explanation;  ///< plain text or Markdown: why it happens, what to do
};

/// The arguments of HARBOR_PLUGIN, as designated initialisers.
struct PluginDef {
  std::string_view id;       ///< reverse DNS, unique: "com.example.pack"
  std::string_view version;  ///< semantic version of the pack
  std::string_view vendor = {};
  std::string_view license = {};
  std::string_view url = {};
  std::initializer_list<const harbor_action*> actions;
  std::initializer_list<Failure> failures = {};
};

namespace detail {

/// The failure table of a pack in the boundary's form; a constant with static storage.
template <std::size_t Size>
struct FailureTable {
  std::array<harbor_failure, Size> entries{};
  std::array<const harbor_failure*, Size> pointers{};

  constexpr explicit FailureTable(std::initializer_list<Failure> failures) {
    for (std::size_t i = 0; i < Size; ++i) {
      const Failure& failure = failures.begin()[i];
      entries[i] = {sizeof(harbor_failure), failure.status, view(failure.code), view(failure.title),
                    view(failure.explanation)};
      pointers[i] = &entries[i];
    }
  }
  FailureTable(const FailureTable&) = delete;
  FailureTable& operator=(const FailureTable&) = delete;
};

constexpr harbor_plugin plugin(const PluginDef& def, const harbor_failure* const* failures) {
  return {sizeof(harbor_plugin), HARBOR_ABI_MAJOR,   HARBOR_ABI_MINOR,  view(def.id),
          view(def.version),     view(def.vendor),   view(def.license), view(def.url),
          def.actions.begin(),   def.actions.size(), failures,          def.failures.size()};
}

}  // namespace detail
}  // namespace harbor

/// Once per pack: its table, its entry point and its ABI note. The arguments are the members of
/// PluginDef:
///   HARBOR_PLUGIN(.id = "com.example.fs", .version = "1.0.0", .actions = {&touch})
#define HARBOR_PLUGIN(...)                                                                        \
  HARBOR_ABI_NOTE                                                                                 \
  namespace {                                                                                     \
  constexpr harbor::PluginDef harbor_pack_def{__VA_ARGS__};                                       \
  constexpr harbor::detail::FailureTable<harbor_pack_def.failures.size()> harbor_pack_failures(   \
      harbor_pack_def.failures);                                                                  \
  constexpr harbor_plugin harbor_pack =                                                           \
      harbor::detail::plugin(harbor_pack_def, harbor_pack_failures.pointers.data());              \
  }                                                                                               \
  extern "C" HARBOR_EXPORT const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) { \
    return host->abi_major == HARBOR_ABI_MAJOR ? &harbor_pack : nullptr;                          \
  }
