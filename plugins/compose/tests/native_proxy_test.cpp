#include "native_proxy.hpp"

#include <catch2/catch.hpp>

#include "native_contract.hpp"
#include "native_project.hpp"
#include "writer.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

TEST_CASE("a proxy reaches the host and reserves no devices", "[native]") {
  Project project = project_of(proxy);
  apply_native(project, native_contracts(project, {"ollama"}, nothing));
  CHECK(to_yaml(*project.root) ==
        "services:\n"
        "  ollama:\n"
        "    image: alpine/socat\n"
        "    command: tcp-listen:11434,fork tcp-connect:host.docker.internal:11434\n"
        "    extra_hosts:\n"
        "      - host.docker.internal:host-gateway\n");
  CHECK(project.layers.size() == 1);
}

TEST_CASE("a proxy that uses the native port needs one", "[native]") {
  Project project = project_of(
      "services:\n  ollama:\n    command: to {{.native_port}}\n    x-harbor-native: {executable: "
      "a}\n");
  harbor::Error error =
      error_of([&] { apply_native(project, native_contracts(project, {"ollama"}, nothing)); });
  CHECK(error.code == "compose.native_placeholder");
  CHECK(error.labels.size() == 2);
}
