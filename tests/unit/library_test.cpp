#include "plugin/library.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "plugin/examine.hpp"
#include "zoo.hpp"

using namespace harbor::plugin;
using harbor::report::Diagnostic;
namespace fs = std::filesystem;

namespace {

const harbor_host& host() {
  static const harbor_host table = [] {
    harbor_host made{};
    made.struct_size = sizeof made;
    made.abi_major = HARBOR_ABI_MAJOR;
    made.emit_output = [](harbor_call* call, harbor_str json) -> harbor_status {
      static_cast<std::string*>(call->opaque)->assign(json.ptr, json.len);
      return HARBOR_OK;
    };
    return made;
  }();
  return table;
}

Pack examined(const fs::path& file) {
  return examine(open_safely(file, file.parent_path()), [](const std::string&) {});
}

Diagnostic loading(const Pack& pack, const std::string& action) {
  Libraries libraries(host());
  return zoo::error_of([&] { (void)libraries.load(pack, action); });
}

}  // namespace

TEST_CASE("a loaded action runs", "[plugin]") {
  const zoo::Folder folder;
  const Pack pack = examined(zoo::put("zoo", folder / "zoo.so"));
  Libraries libraries(host());
  const harbor_action& echo = libraries.load(pack, "zoo.echo");
  CHECK(std::string_view(echo.name.ptr, echo.name.len) == "zoo.echo");
  CHECK(echo.struct_size == sizeof(harbor_action));
  CHECK(echo.plan == nullptr);
  std::string output;
  harbor_call call{};
  call.host = &host();
  call.action = &echo;
  call.input = HARBOR_LIT(R"({"a":1})");
  call.opaque = &output;
  CHECK(echo.execute(&call) == HARBOR_OK);
  CHECK(output == R"({"a":1})");
}

TEST_CASE("a pack is loaded once, whoever asks", "[plugin]") {
  const zoo::Folder folder;
  const Pack pack = examined(zoo::put("zoo", folder / "zoo.so"));
  Libraries one(host());
  Libraries other(host());
  const harbor_action* first = &one.load(pack, "zoo.ok");
  const harbor_action* second = nullptr;
  std::thread thread([&] { second = &other.load(pack, "zoo.ok"); });
  thread.join();
  CHECK(first == second);
}

TEST_CASE("a file that was replaced after the scan is not loaded", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  const Pack pack = examined(file);
  fs::rename(zoo::put("bad/crash_constructor", folder / "new"), file);
  const Diagnostic error = loading(pack, "zoo.ok");
  CHECK(error.code == "H0314");
  CHECK(error.message ==
        "plugin '" + file.string() +
            "' has changed since harbor examined it: the file was replaced or written to");
  CHECK(error.hint == "run the same command again");
  CHECK(error.exit == harbor::ExitStatus::plugin_refused);
}

TEST_CASE("a file that is gone or became unsafe after the scan is not loaded", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  const Pack pack = examined(file);
  zoo::set_mode(file, 0666);
  CHECK(loading(pack, "zoo.ok").code == "H0301");
  fs::remove(file);
  CHECK(loading(pack, "zoo.ok").message == "plugin '" + file.string() + "' does not exist");
}

TEST_CASE("an action that the scan did not find is not invented", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("zoo", folder / "zoo.so");
  const Pack pack = examined(file);
  CHECK(loading(pack, "zoo.none").message ==
        "plugin '" + file.string() +
            "' has changed since harbor examined it: it has no action 'zoo.none'");
}

TEST_CASE("a pack that cannot be linked any more says why", "[plugin]") {
  const zoo::Folder folder;
  const fs::path file = zoo::put("bad/missing_library", folder / "missing.so");
  Pack pack;
  pack.file = file;
  pack.identity = identify(file);
  const Diagnostic error = loading(pack, "stand.in");
  CHECK(error.code == "H0308");
  CHECK(error.message ==
        "plugin '" + file.string() +
            "' cannot be linked: the library 'libzoo_absent.so.9' is not installed");
}
