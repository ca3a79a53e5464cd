// Runs a function as an operation of an action, on the real host.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "host/call.hpp"

namespace test {

/// The host of one test. The workspace need not exist.
struct Operation {
  harbor::secret::Vault vault;
  harbor::process::Cancellation cancellation;
  harbor::host::Services services{&vault, &cancellation, {}, {}};
  harbor::host::CallSetup setup;
  std::uint64_t effects = 0;

  explicit Operation(const std::filesystem::path& workspace = "/nowhere") {
    setup.workspace = workspace.string();
    setup.run_dir = (workspace / "var/run").string();
  }

  harbor::host::CallResult run(const std::function<harbor_status(harbor_call*)>& body) {
    harbor_action action{};
    action.struct_size = sizeof action;
    action.effects = effects;
    action.user = const_cast<void*>(static_cast<const void*>(&body));
    setup.action = &action;
    return harbor::host::run_operation(services, setup, [](harbor_call* call) {
      return (*static_cast<const std::function<harbor_status(harbor_call*)>*>(call->action->user))(
          call);
    });
  }
};

/// A table of the host.
template <class Table>
const Table& table(harbor_call* call, const char* id) {
  return *static_cast<const Table*>(
      call->host->extension(call->host, {id, std::string(id).size()}));
}

}  // namespace test
