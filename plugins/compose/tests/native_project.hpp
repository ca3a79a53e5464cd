// A project with a service that may run outside containers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "merge.hpp"
#include "selection.hpp"

namespace harbor::compose::test {

inline constexpr const char* proxy =
    "services:\n"
    "  ollama:\n"
    "    image: alpine/socat\n"
    "    command: tcp-listen:11434,fork tcp-connect:host.docker.internal:{{.native_port}}\n"
    "    deploy: {resources: {reservations: {devices: [{driver: nvidia}]}}}\n"
    "    x-harbor-native:\n"
    "      executable: ollama\n"
    "      daemon_args: [serve, '--port={{NATIVE_PORT}}', '${EXTRA:-none}']\n"
    "      port: ${OLLAMA_PORT:-11434}\n"
    "      requires_gpu_passthrough: true\n"
    "      env_vars: [OLLAMA_HOST]\n"
    "      env_overrides: {OLLAMA_URL: 'http://localhost:{{.native_port}}'}\n";

inline std::optional<std::string> nothing(const std::string&) { return std::nullopt; }

inline Tree tree_with(const std::string& native, const std::string& more = "services: {}\n") {
  return tree_of({{"compose.yml", "services: {}\n"},
                  {"compose.ollama.yml", "services: {ollama: {image: ollama}}\n"},
                  {"compose.webui.yml", "services: {webui: {image: webui}}\n"},
                  {"compose.x.webui.ollama.yml", more},
                  {"ollama/ollama_native.yml", native}});
}

inline SelectionRequest request_of(std::vector<std::string> services,
                                   std::vector<std::string> exclude) {
  SelectionRequest request;
  request.services = std::move(services);
  request.exclude = std::move(exclude);
  return request;
}

inline Project project_of(const std::string& native) {
  return merge(tree_with(native), {"ollama/ollama_native.yml"});
}

inline harbor::Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const harbor::Error& error) {
    return error;
  }
  return {HARBOR_E_INTERNAL, "nothing thrown", ""};
}

}  // namespace harbor::compose::test
