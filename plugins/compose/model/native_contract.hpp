// The contract of a service that runs outside containers, `x-harbor-native`. Pure: nothing is
// started here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "merge.hpp"
#include "variable.hpp"

namespace harbor::compose {

/// `x-harbor-native`, its placeholders and variables resolved.
struct NativeContract {
  std::string service;
  std::string executable;
  std::vector<std::string> daemon_args;
  std::string port;  ///< empty: the contract names none
  bool requires_gpu_passthrough = false;
  std::vector<std::string> env_vars;  ///< names to pass on
  std::vector<std::pair<std::string, std::string>> env_overrides;
  Place place;
};

/// The contracts of these services. The key may be under the service or at the top level.
/// Throws compose.native_no_contract, compose.native_malformed, compose.native_placeholder, each
/// with its place.
std::vector<NativeContract> native_contracts(const Project& project,
                                             const std::vector<std::string>& names,
                                             const Lookup& lookup);

/// `text` with `port` in place of {{.native_port}} and {{NATIVE_PORT}}.
std::string with_native_port(std::string text, const std::string& port);

}  // namespace harbor::compose
