// Packs' code, loaded into this process permanently.
#pragma once

#include <harbor/plugin.h>

#include <string_view>

#include "plugin/pack.hpp"
#include "report/trace.hpp"

namespace harbor::plugin {

/// Loads packs on first use and never unloads them; the record of what is loaded belongs to the
/// process, since an entry point is called once. Safe to use from several threads.
class Libraries {
 public:
  /// `host` is what entry points receive; it must live as long as the process.
  explicit Libraries(const harbor_host& host) : host_(&host) {}

  /// The action's table, with struct_size normalised: fields that the pack does not know are null.
  /// Lives as long as the process. Checks the file again before opening it, and that it is still
  /// what was scanned; throws report::Error H0301 to H0316 otherwise. `trace` reports a pack that
  /// was not loaded before.
  [[nodiscard]] const harbor_action& load(const Pack& pack, std::string_view action,
                                          const report::Trace& trace = {});

 private:
  const harbor_host* host_;
};

}  // namespace harbor::plugin
