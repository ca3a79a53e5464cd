#include "native.hpp"

#include <catch2/catch.hpp>

#include "writer.hpp"

using namespace harbor::compose;

namespace {

const char* proxy =
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

std::optional<std::string> nothing(const std::string&) { return std::nullopt; }

Tree tree_with(const std::string& native, const std::string& more = "services: {}\n") {
  return tree_of({{"compose.yml", "services: {}\n"},
                  {"compose.ollama.yml", "services: {ollama: {image: ollama}}\n"},
                  {"compose.webui.yml", "services: {webui: {image: webui}}\n"},
                  {"compose.x.webui.ollama.yml", more},
                  {"ollama/ollama_native.yml", native}});
}

SelectionRequest request_of(std::vector<std::string> services, std::vector<std::string> exclude) {
  SelectionRequest request;
  request.services = std::move(services);
  request.exclude = std::move(exclude);
  return request;
}

Project project_of(const std::string& native) {
  return merge(tree_with(native), {"ollama/ollama_native.yml"});
}

harbor::Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const harbor::Error& error) {
    return error;
  }
  return {HARBOR_E_INTERNAL, "nothing thrown", ""};
}

harbor::Error contract_error(const std::string& contract) {
  return error_of([&] {
    native_contracts(project_of("services:\n  ollama:\n    x-harbor-native: " + contract + "\n"),
                     {"ollama"}, nothing);
  });
}

}  // namespace

TEST_CASE("excluded names may be repeated and comma-separated", "[native]") {
  CHECK(excluded_names({"a,b", "c", "b,"}) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the native file of an excluded service comes last, its own file is out", "[native]") {
  const Tree tree = tree_with(proxy);
  const SelectionRequest request = request_of({"webui"}, {"ollama"});
  Selection selection = select(tree, {}, request);
  add_native_files(tree, selection, request);
  CHECK(selection.files == std::vector<std::string>{"compose.yml", "compose.webui.yml",
                                                    "compose.x.webui.ollama.yml",
                                                    "ollama/ollama_native.yml"});
}

TEST_CASE("an excluded service that is unknown, has no contract or no use is an error",
          "[native]") {
  const Tree tree = tree_with(proxy);
  auto thrown = [&](const SelectionRequest& request) {
    return error_of([&] {
      SelectionRequest lenient = request;
      lenient.allow_unknown = true;
      Selection selection = select(tree, {}, lenient);
      add_native_files(tree, selection, request);
    });
  };
  harbor::Error unknown = thrown(request_of({"webui"}, {"olama"}));
  CHECK(unknown.code == "compose.native_unknown");
  CHECK(unknown.message == "there is no service 'olama' to run natively");
  CHECK(unknown.hint == "did you mean 'ollama'?");
  harbor::Error unused = thrown(request_of({}, {"ollama"}));
  CHECK(unused.code == "compose.native_unreferenced");
}

TEST_CASE("a contract is read with its placeholders resolved", "[native]") {
  const auto contracts = native_contracts(project_of(proxy), {"ollama"}, nothing);
  REQUIRE(contracts.size() == 1);
  const NativeContract& one = contracts[0];
  CHECK(one.executable == "ollama");
  CHECK(one.daemon_args == std::vector<std::string>{"serve", "--port=11434", "none"});
  CHECK(one.port == "11434");
  CHECK(one.requires_gpu_passthrough);
  CHECK(one.env_vars == std::vector<std::string>{"OLLAMA_HOST"});
  CHECK(one.env_overrides ==
        std::vector<std::pair<std::string, std::string>>{{"OLLAMA_URL", "http://localhost:11434"}});
}

TEST_CASE("a contract may stand at the top level of the native file", "[native]") {
  const auto contracts = native_contracts(
      project_of("x-harbor-native: {executable: ollama}\nservices: {ollama: {image: x}}\n"),
      {"ollama"}, nothing);
  CHECK(contracts.at(0).executable == "ollama");
}

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

TEST_CASE("a malformed contract says where", "[native]") {
  harbor::Error list = contract_error("[a]");
  CHECK(list.code == "compose.native_malformed");
  CHECK(list.message == "x-harbor-native of a native contract is a map, this is a list");
  REQUIRE(list.labels.size() == 1);
  CHECK(list.labels[0].line == 3);
  CHECK(list.labels[0].column == 22);
  CHECK(contract_error("{executable: a, daemon_args: x}").message ==
        "daemon_args of a native contract is a list, this is a value");
  CHECK(contract_error("{daemon_args: [x]}").message ==
        "the contract of 'ollama' names no executable");
  harbor::Error field = contract_error("{executable: a, prot: 1}");
  CHECK(field.message == "x-harbor-native has no field 'prot'");
  CHECK(field.hint == "did you mean 'port'?");
  CHECK(contract_error("{executable: '${NOPE}'}").code == "compose.native_placeholder");
  CHECK(contract_error("{executable: 'a{{.native_port}}'}").code == "compose.native_placeholder");
  CHECK(error_of([] {
          native_contracts(project_of("services: {ollama: {image: x}}\n"), {"ollama"}, nothing);
        }).code == "compose.native_no_contract");
}

TEST_CASE("without a native file a service is left out, which no start accepts", "[native]") {
  std::vector<Warning> warnings;
  CHECK(stand_ins({"ollama", "webui"}, {"compose.yml", "stacks/ollama/ollama_native.yml"},
                  warnings) == std::vector<std::string>{"ollama"});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].code == "compose.native_no_contract");
  CHECK(warnings[0].message ==
        "'webui' is left out, and nothing stands in for it: it has no native contract");
  CHECK(warnings[0].hint ==
        "write x-harbor-native into webui/webui_native.yml or stacks/webui/webui_native.yml");
  CHECK(warnings[0].is_error);
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

TEST_CASE("config templates become read-only mounts of rendered files", "[native]") {
  Project project = project_of(
      "services:\n  ollama:\n    image: x\n    x-harbor-config-templates:\n"
      "      - {source: ./ollama/config.json, target: /app/config.json}\n"
      "      - '${DIR}/b:/app/b'\n");
  const auto templates = apply_config_templates(project, [](const std::string& name) {
    return name == "DIR" ? std::optional<std::string>("./own") : std::nullopt;
  });
  REQUIRE(templates.size() == 2);
  CHECK(templates[0].source == "ollama/config.json");
  CHECK(templates[0].rendered() == "var/run/ollama/config/app/config.json");
  CHECK(templates[1].source == "own/b");
  CHECK(to_yaml(*project.root) ==
        "services:\n  ollama:\n    image: x\n    volumes:\n"
        "      - type: bind\n"
        "        source: ./var/run/ollama/config/app/config.json\n"
        "        target: /app/config.json\n"
        "        read_only: true\n"
        "        bind:\n"
        "          create_host_path: false\n"
        "      - type: bind\n"
        "        source: ./var/run/ollama/config/app/b\n"
        "        target: /app/b\n"
        "        read_only: true\n"
        "        bind:\n"
        "          create_host_path: false\n");
}

TEST_CASE("a config template without a source, a path or a value is refused", "[native]") {
  for (const char* item :
       {"./a", "{source: a}", "a:b", "a:/", "'a:/b/../c'", "a://b", "'a:/b/'", "'${NOWHERE}:/b'"}) {
    INFO(item);
    Project bad = project_of("services:\n  ollama:\n    x-harbor-config-templates: [" +
                             std::string(item) + "]\n");
    CHECK(error_of([&] { apply_config_templates(bad, nothing); }).code ==
          "compose.template_malformed");
  }
}

TEST_CASE("shared volumes are mounted where their variable is set", "[native]") {
  Project project = project_of(
      "services:\n  ollama:\n    image: x\n    x-harbor-shared-volumes: ['${MODELS}:/models', "
      "'${CACHE}:/cache']\n");
  const auto skipped = apply_shared_volumes(project, [](const std::string& name) {
    return name == "MODELS" ? std::optional<std::string>("/m") : std::nullopt;
  });
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].message == "a shared volume of 'ollama' is left out: CACHE has no value");
  CHECK(to_yaml(*project.root) ==
        "services:\n  ollama:\n    image: x\n    volumes:\n      - '${MODELS}:/models'\n");
}
