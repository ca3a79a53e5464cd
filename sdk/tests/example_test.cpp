// The example packs in C, C++ and Rust, and the template, loaded from their files.
#include <harbor/testing.hpp>

#include <catch2/catch.hpp>
#include <cstddef>
#include <iostream>
#include <string>

using Catch::Matchers::Contains;
using harbor::testing::Host;
using harbor::testing::json;
using harbor::testing::Misuse;
using harbor::testing::Pack;

namespace {

/// A host of another major: the entry point has to refuse it, whatever else it is.
constexpr harbor_host newer_host = [] {
  harbor_host host{};
  host.struct_size = offsetof(harbor_host, version);
  host.abi_major = HARBOR_ABI_MAJOR + 1;
  return host;
}();

/// What each language's pack has to do, seen from outside.
void check_counting(const Pack& pack, const std::string& language) {
  CHECK(pack.entry()(&newer_host) == nullptr);
  const harbor_action& lines = pack.action("example.lines_" + language);
  CHECK(pack.table().abi_major == HARBOR_ABI_MAJOR);
  CHECK((lines.effects & HARBOR_FX_WRITES) == 0);
  CHECK(json::parse(std::string(lines.input_schema.ptr, lines.input_schema.len)).at("type") ==
        "object");

  Host host;
  host.on_spawn({"wc", "-l", "--", "missing.txt"}).exit(1).err("wc: missing.txt: No such file\n");
  host.on_spawn({"wc", "-l", "--", "gone.txt"}).refused(HARBOR_E_UNAVAILABLE);
  host.on_spawn({"wc", "-l", "--"}).out("42 notes/a b.txt\n");

  const auto good = host.run(lines, {{"path", "notes/a b.txt"}});
  INFO(to_string(good));
  CHECK(good.status == HARBOR_OK);
  CHECK(good.output == json{{"lines", 42}});
  CHECK(host.spawns.at(0).flags == (HARBOR_SPAWN_CAPTURE | HARBOR_SPAWN_READ_ONLY));
  CHECK(host.run(lines, {{"path", "a..b/..c"}}).ok());

  for (const json& input :
       {json{{"path", "/etc/passwd"}}, json{{"path", "a/../../b"}}, json{{"path", ".."}},
        json{{"path", ""}}, json{{"path", 7}}, json{{"other", "x"}}, json::object()}) {
    CAPTURE(input.dump());
    const auto bad = host.run(lines, input);
    CHECK(bad.status == HARBOR_E_INPUT);
    CHECK(bad.output.is_null());
    REQUIRE(bad.errors.size() == 1);
    CHECK(bad.errors[0].code == "example.path");
    CHECK(bad.errors[0].message == "path must be relative and stay in the workspace");
    CHECK(bad.errors[0].hint == "drop the leading '/' and every '..'");
    CHECK(bad.errors[0].pointer == "/path");
    CHECK(pack.explains(bad.errors[0].code));
  }

  const auto missing = host.run(lines, {{"path", "missing.txt"}});
  CHECK(missing.status == HARBOR_E_NOT_FOUND);
  CHECK(missing.errors.at(0).code == "example.unreadable");
  CHECK(pack.explains("example.unreadable"));
  CHECK(host.run(lines, {{"path", "gone.txt"}}).status == HARBOR_E_UNAVAILABLE);
}

}  // namespace

TEST_CASE("the example in C does what it says", "[sdk]") { check_counting(Pack(EXAMPLE_C), "c"); }

TEST_CASE("the example in C++ does what it says", "[sdk]") {
  check_counting(Pack(EXAMPLE_CPP), "cpp");
}

TEST_CASE("the example in Rust does what it says", "[sdk]") {
  if (std::string(EXAMPLE_RUST).empty()) {
    std::cout << "SKIPPED: cargo is not installed\n";
    SUCCEED();
    return;
  }
  check_counting(Pack(EXAMPLE_RUST), "rust");
}

TEST_CASE("a panic in Rust stays in the pack", "[sdk]") {
  if (std::string(EXAMPLE_RUST).empty()) {
    std::cout << "SKIPPED: cargo is not installed\n";
    SUCCEED();
    return;
  }
  const Pack pack(EXAMPLE_RUST);
  Host host;
  host.on_spawn({"wc"}).out("nonsense\n");
  const auto result = host.run(pack.action("example.lines_rust"), {{"path", "a"}});
  CHECK(result.status == HARBOR_E_INTERNAL);
  CHECK(result.errors.at(0).code == "example.panic");
  CHECK(pack.explains("example.panic"));
}

TEST_CASE("the template greets", "[sdk]") {
  const Pack pack(EXAMPLE_TEMPLATE);
  Host host;
  CHECK(host.run(pack.action("example.greet"), {{"who", "Ada"}}).output ==
        json{{"greeting", "Hello, Ada"}});
  CHECK(pack.explains("example.nobody"));
}

TEST_CASE("a file that is no pack is refused with its reason", "[sdk]") {
  CHECK_THROWS_WITH(Pack("/nonexistent/pack.so"), Contains("/nonexistent/pack.so"));
  CHECK_THROWS_WITH(Pack("libm.so.6"), Contains("cannot load"));
  CHECK_THROWS_WITH(Pack(EXAMPLE_C).action("example.other"),
                    Contains("has no action example.other"));
}
