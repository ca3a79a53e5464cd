#include "host/interpolation_table.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "operation.hpp"

namespace {

harbor_str str(std::string_view text) { return {text.data(), text.size()}; }
std::string text(harbor_str view) { return view.len ? std::string(view.ptr, view.len) : ""; }

/// What an expansion said, copied.
struct Outcome {
  std::uint32_t fault = 0;
  std::string text, name, message;
  std::size_t offset = 0, length = 0;
  std::vector<std::string> unset;
};

struct World {
  std::map<std::string, std::string> variables{{"NAME", "web"}, {"EMPTY", ""}, {"RAW", "${NAME}"}};
  std::string held;  // one value at a time, as the contract has it
  std::string allowed;
  std::vector<std::string> unset;

  static std::int32_t lookup(void* user, harbor_str name, harbor_str* value) {
    auto& self = *static_cast<World*>(user);
    const auto found = self.variables.find(text(name));
    if (found == self.variables.end()) return HARBOR_VARIABLE_UNSET;
    self.held = found->second;
    *value = str(self.held);
    return HARBOR_VARIABLE_SET;
  }
  static void note(void* user, harbor_str name, std::size_t offset, std::size_t length) {
    static_cast<World*>(user)->unset.push_back(text(name) + "@" + std::to_string(offset) + "+" +
                                               std::to_string(length));
  }
  static std::int32_t only(void* user, harbor_str name) {
    return text(name) == static_cast<World*>(user)->allowed;
  }
};

Outcome expanded(const std::string& input, std::uint32_t flags = 0,
                 const std::string& allowed = {}) {
  test::Operation operation;
  World world;
  world.allowed = allowed;
  Outcome out;
  (void)operation.run([&](harbor_call* call) {
    harbor_expand request{};
    request.struct_size = sizeof request;
    request.flags = flags;
    request.text = str(input);
    request.user = &world;
    request.lookup = World::lookup;
    request.unset = World::note;
    if (!allowed.empty()) request.only = World::only;
    harbor_expansion result{};
    result.struct_size = sizeof result;
    const auto& table = test::table<harbor_interpolation>(call, HARBOR_INTERPOLATION_ID);
    REQUIRE(table.expand(call, &request, &result) == HARBOR_OK);
    CHECK(result.struct_size == sizeof result);
    out = {result.fault,  text(result.text), text(result.name), text(result.message),
           result.offset, result.length,     world.unset};
    return HARBOR_OK;
  });
  return out;
}

}  // namespace

TEST_CASE("packs expand texts as the engine does", "[host]") {
  CHECK(expanded("a ${NAME} $NAME ${NO:-x} ${EMPTY:-y}${EMPTY-z} ${NAME:+set} $$").text ==
        "a web web x y set $");
  CHECK(expanded("").text.empty());
  CHECK(expanded("${RAW}").text == "${NAME}");  // values are never expanded
  CHECK(expanded("plain").fault == HARBOR_EXPANSION_FINE);
}

TEST_CASE("unset variables are told with their place", "[host]") {
  const auto out = expanded("a ${NO} $ALSO ${NO-}");
  CHECK(out.text == "a   ");
  CHECK(out.unset == std::vector<std::string>{"NO@2+5", "ALSO@8+5"});
}

TEST_CASE("faults have their kind and place", "[host]") {
  const auto required = expanded("x ${NO:?say why}");
  CHECK(required.fault == HARBOR_EXPANSION_REQUIRED);
  CHECK(required.name == "NO");
  CHECK(required.message.find("say why") != std::string::npos);
  CHECK(required.offset == 2);
  CHECK(required.text.empty());
  const auto syntax = expanded("ab ${NAME");
  CHECK(syntax.fault == HARBOR_EXPANSION_SYNTAX);
  CHECK(syntax.offset == 3);
  CHECK_FALSE(syntax.message.empty());
  std::string deep = "x";
  for (int i = 0; i < 40; ++i) deep = "${NO:-" + deep + "}";
  CHECK(expanded(deep).fault == HARBOR_EXPANSION_TOO_DEEP);
  const std::string large(std::size_t{17} << 20, 'x');
  CHECK(expanded(large + "${NAME}").fault == HARBOR_EXPANSION_TOO_LONG);
}

TEST_CASE("eager words fail though they are not used", "[host]") {
  CHECK(expanded("${NAME:-${NO:?why}}").text == "web");
  CHECK(expanded("${NAME:-${NO:?why}}", HARBOR_EXPAND_EAGER).fault == HARBOR_EXPANSION_REQUIRED);
}

TEST_CASE("expansion may be restricted to some names", "[host]") {
  CHECK(expanded("${NAME} ${NO:-x} $EMPTY", 0, "NAME").text == "web ${NO:-x} $EMPTY");
}

TEST_CASE("a pack of an older header gets what it knows", "[host]") {
  test::Operation operation;
  World world;
  const auto result = operation.run([&](harbor_call* call) {
    harbor_expand request{};
    request.struct_size = offsetof(harbor_expand, unset);  // what is behind must not be read
    request.text = str("${NO}");
    request.user = &world;
    request.lookup = World::lookup;
    request.unset = [](void*, harbor_str, std::size_t, std::size_t) { FAIL("not to be called"); };
    harbor_expansion expansion{};
    expansion.struct_size = offsetof(harbor_expansion, name);
    expansion.name = str("untouched");
    const auto& table = test::table<harbor_interpolation>(call, HARBOR_INTERPOLATION_ID);
    const auto status = table.expand(call, &request, &expansion);
    CHECK(text(expansion.name) == "untouched");
    return status;
  });
  CHECK(result.status == HARBOR_OK);
}
