#include "plugin/scan.hpp"

#include <harbor/plugin.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "plugin/loader.hpp"
#include "zoo.hpp"

using namespace harbor::plugin;
using namespace std::chrono_literals;

namespace {

// Generous: a crash must not be taken for a hang because the machine is busy.
constexpr auto patience = 30s;

Fault scanned(const std::string& name, std::chrono::milliseconds limit = patience) {
  return zoo::refusal([&] { (void)scan(zoo::built(name), limit); });
}

std::string retry(const std::string& name) {
  return "it is not tried again until its file changes; to try it anyway, run: touch '" +
         zoo::built(name).string() + "'";
}

/// A description that breaks a rule.
Fault invalid(const std::string& what) {
  return {"H0311", "has an invalid description: " + what,
          "this is a bug in the plugin: tell its author"};
}

const ActionInfo& action_of(const Pack& pack, std::string_view name) {
  for (const ActionInfo& action : pack.actions)
    if (action.name == name) return action;
  FAIL("no action " << name);
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("a scan tells what a pack is", "[plugin]") {
  const Pack pack = scan(zoo::built("zoo"), patience);
  CHECK(pack.id == "org.example.zoo");
  CHECK(pack.version == "1.2.3");
  CHECK(pack.vendor == "Zoo");
  CHECK(pack.license == "Apache-2.0");
  CHECK(pack.url == "https://zoo.example.org");
  CHECK(pack.abi_major == HARBOR_ABI_MAJOR);
  CHECK(pack.actions.size() == 9);
  REQUIRE(pack.failures.size() == 1);
  CHECK(pack.failures[0].code == "zoo.failed");
  CHECK(pack.failures[0].status == HARBOR_E_FAILED);
  CHECK(pack.failures[0].title == "the action was asked to fail");
  CHECK(pack.failures[0].explanation == "`zoo.fail` fails as often as its input says.");
}

TEST_CASE("a scan tells what an action is", "[plugin]") {
  const Pack pack = scan(zoo::built("zoo"), patience);
  const ActionInfo& write = action_of(pack, "zoo.write_fx");
  CHECK(write.doc == "Says that it writes");
  CHECK(write.effects == HARBOR_FX_WRITE_WORKSPACE);
  CHECK(write.flags == (HARBOR_AF_IDEMPOTENT | HARBOR_AF_SERIAL));
  CHECK(write.has_plan);
  CHECK(write.has_undo);
  CHECK_FALSE(write.has_validate);
  CHECK_FALSE(write.has_status);
  CHECK(write.input_schema == "{}");
  CHECK(write.output_schema.empty());
  CHECK(action_of(pack, "zoo.echo").output_schema == R"({"type": "object"})");
}

TEST_CASE("a scan reads Harbor's own marks in schemas", "[plugin]") {
  const Pack pack = scan(zoo::built("zoo"), patience);
  const ActionInfo& spawn = action_of(pack, "zoo.spawn");
  CHECK(spawn.section == "deploy.zoo");
  REQUIRE(spawn.face);
  CHECK(spawn.face->command == "zoo run");
  CHECK(spawn.face->args == std::vector<std::string>{"argv"});
  CHECK(spawn.face->verbatim);
  CHECK(spawn.requires_caps == std::vector<std::string>{"zoo.keeper", "zoo.cage"});
  REQUIRE(spawn.consumes.size() == 1);
  CHECK(spawn.consumes[0].property == "argv");
  CHECK(spawn.consumes[0].artifact == "zoo.argv");
  CHECK(spawn.consumes[0].required);
  const ActionInfo& secret = action_of(pack, "zoo.secret");
  CHECK_FALSE(secret.face);
  CHECK(secret.section.empty());
  REQUIRE(secret.publishes.size() == 1);
  CHECK(secret.publishes[0].property == "secret");
  CHECK(secret.publishes[0].artifact == "zoo.secret");
  CHECK_FALSE(secret.publishes[0].required);
}

TEST_CASE("a newer minor describes itself", "[plugin]") {
  CHECK(scan(zoo::built("bad/newer_minor"), patience).abi_minor == 7);
}

TEST_CASE("what a constructor prints is heard nowhere", "[plugin]") {
  const zoo::Folder folder;
  FILE* heard = std::fopen((folder / "heard").c_str(), "w+");
  REQUIRE(heard != nullptr);
  std::fflush(nullptr);
  const int out = dup(1);
  const int err = dup(2);
  dup2(fileno(heard), 1);
  dup2(fileno(heard), 2);
  const Fault fault = scanned("bad/print_constructor");
  std::fflush(nullptr);
  dup2(out, 1);
  dup2(err, 2);
  close(out);
  close(err);
  std::fclose(heard);
  CHECK(fault == Fault{});
  CHECK(zoo::bytes_of(folder / "heard").empty());
}

TEST_CASE("a missing entry point is refused", "[plugin]") {
  CHECK(scanned("bad/no_entry") ==
        Fault{"H0306", "does not export its entry point harbor_plugin_entry_v1",
              "include harbor/plugin.h, define the function as extern \"C\" and build with "
              "harbor_add_plugin()"});
}

TEST_CASE("an entry point that returns NULL is a refusal", "[plugin]") {
  CHECK(scanned("bad/null_entry") ==
        Fault{"H0307", "refused to load: its entry point returned NULL",
              "see its documentation for the version of harbor that it needs: this is 2.0.0"});
}

TEST_CASE("a missing symbol is named", "[plugin]") {
  CHECK(
      scanned("bad/undefined_symbol") ==
      Fault{"H0308", "cannot be linked: the symbol 'zoo_nowhere' is missing",
            "rebuild it with harbor_add_plugin(), or with -Wl,-z,defs, which finds missing symbols "
            "while linking"});
}

TEST_CASE("a missing library is named", "[plugin]") {
  CHECK(scanned("bad/missing_library") ==
        Fault{"H0308", "cannot be linked: the library 'libzoo_absent.so.9' is not installed",
              "install the package that has libzoo_absent.so.9, or link it statically"});
}

TEST_CASE("a plugin of a newer distribution is recognised", "[plugin]") {
  const Fault fault = scanned("bad/newer_libc");
  CHECK(fault.code == "H0308");
  CHECK(fault.found.starts_with("cannot be linked: it needs GLIBC_2.99, this system has GLIBC_2."));
  CHECK(fault.hint == "it was built on a newer distribution: rebuild it on this system");
}

TEST_CASE("a plugin of a newer compiler is recognised", "[plugin]") {
  CHECK(scanned("bad/newer_compiler") ==
        Fault{"H0308",
              "cannot be linked: it needs GLIBCXX_3.4.99, which this system's libstdc++.so.6 does "
              "not have",
              "it was built with a newer compiler: rebuild it on this system, or link it with "
              "-static-libstdc++ -static-libgcc"});
}

TEST_CASE("the loader's other complaints are passed on", "[plugin]") {
  CHECK(explain_link_failure("/f/x.so: cannot allocate memory in static TLS block", "/f/x.so") ==
        Fault{"H0308", "cannot be linked: cannot allocate memory in static TLS block",
              "rebuild it on this system with harbor_add_plugin()"});
  CHECK(
      explain_link_failure("/f/x.so: undefined symbol: _ZN4acme4openEi, version ACME_2", "/f/x.so")
          .found == "cannot be linked: the symbol 'acme::open(int)' is missing");
  CHECK(explain_link_failure("/l/libz.so.1: version `ZLIB_9' not found (required by /f/x.so)",
                             "/f/x.so") ==
        Fault{"H0308",
              "cannot be linked: it needs version ZLIB_9 of libz.so.1, another one is installed",
              "install the version of the library that it was built with, or rebuild it"});
}

TEST_CASE("a crash says where and by which signal", "[plugin]") {
  CHECK(scanned("bad/crash_constructor") ==
        Fault{"H0309",
              "crashed with SIGSEGV in its constructors when it was asked to describe itself",
              retry("bad/crash_constructor")});
  CHECK(scanned("bad/crash_entry") ==
        Fault{"H0309",
              "crashed with SIGABRT in its entry point when it was asked to describe itself",
              retry("bad/crash_entry")});
}

TEST_CASE("a call of exit is no success", "[plugin]") {
  CHECK(scanned("bad/exit_constructor") ==
        Fault{"H0309", "called exit(3) in its constructors when it was asked to describe itself",
              retry("bad/exit_constructor")});
}

TEST_CASE("a hang is ended", "[plugin]") {
  const Fault fault = scanned("bad/hang_constructor", 200ms);
  CHECK(fault == Fault{"H0310",
                       "hangs: it did not describe itself within 200 ms and was ended in its "
                       "constructors",
                       retry("bad/hang_constructor")});
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a description that breaks a rule is refused", "[plugin]") {
  CHECK(scanned("bad/duplicate_action") == invalid("it has two actions named 'twin.run'"));
  CHECK(scanned("bad/bad_name") ==
        invalid("action 1 is named 'Bad-Name', [a-z0-9_]+(\\.[a-z0-9_]+)* expected"));
  CHECK(scanned("bad/no_execute") ==
        invalid("the function execute of action 'idle.run' is missing"));
  CHECK(scanned("bad/no_vendor") == invalid("its vendor is missing"));
  CHECK(scanned("bad/small_struct") ==
        invalid("struct_size of action 1 is 8, at least " + std::to_string(sizeof(harbor_action)) +
                " expected"));
}

TEST_CASE("a schema that is no JSON object is refused", "[plugin]") {
  CHECK(scanned("bad/bad_schema") ==
        invalid("in the input schema of action 'schema.run' byte 10 is not valid JSON"));
  CHECK(scanned("bad/schema_list") ==
        invalid("in the input schema of action 'list.run' the outermost value is of type array, an "
                "object expected"));
}

TEST_CASE("a mark that leads nowhere is refused", "[plugin]") {
  CHECK(scanned("bad/bad_mark") ==
        invalid("in the input schema of action 'mark.run' 'x-harbor-cli' names the property "
                "'services', which does not exist"));
}

TEST_CASE("a parameter that is called as a step's own key is refused", "[plugin]") {
  CHECK(
      scanned("bad/step_key") ==
      Fault{"H0311",
            "has an invalid description: in the input schema of action 'step_key.run' the property "
            "'when' has the name of a step's own key",
            "the plugin's author gives it another name; a step's own keys are action, id, name, "
            "when, with, needs, timeout, retry, continueOnError, forEach"});
}

TEST_CASE("only faults of the file itself last", "[plugin]") {
  for (const char* code : {"H0306", "H0309", "H0310", "H0311"}) CHECK(is_lasting({code, "", ""}));
  for (const char* code : {"H0307", "H0308", "H0312", "H0314"})
    CHECK_FALSE(is_lasting({code, "", ""}));
}
