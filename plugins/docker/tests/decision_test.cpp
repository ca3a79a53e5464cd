#include "decision.hpp"

#include <catch2/catch.hpp>

#include "port_check.hpp"

namespace harbor::docker {
namespace {

Wanted wanted(const std::string& service, Digests parts = {{"service", "1"}}) {
  Wanted out;
  out.service = service;
  out.parts = std::move(parts);
  return out;
}

Container running(const std::string& service, Digests digests = {{"service", "1"}}) {
  Container out;
  out.id = "id-" + service;
  out.service = service;
  out.state = "running";
  out.digests = std::move(digests);
  return out;
}

Decision decided(const Wanted& one, const std::vector<Container>& containers,
                 const Circumstances& circumstances = {}) {
  const std::vector<Wanted> services = {one};
  Decision out = decide(services, containers, circumstances).at(0);
  out.wanted = nullptr;
  out.containers.clear();
  return out;
}

TEST_CASE("what runs as it should is left", "[decision]") {
  CHECK(decided(wanted("a"), {running("a")}).deed == Deed::leave);
  CHECK(decided(wanted("a"), {}).deed == Deed::create);
}

TEST_CASE("a container of something else is replaced, and the reason says of what", "[decision]") {
  const Digests now = {{"service", "1"}, {"build", "1"}, {"var/run/a", "1"}};
  const auto reason = [&](Digests before) {
    const auto one = decided(wanted("a", now), {running("a", std::move(before))});
    CHECK(one.deed == Deed::recreate);
    return one.reason;
  };
  CHECK(reason({{"service", "2"}, {"build", "1"}, {"var/run/a", "1"}}) ==
        "its configuration changed: new container");
  CHECK(reason({{"service", "1"}, {"build", "2"}, {"var/run/a", "2"}}) ==
        "var/run/a and what it is built from changed: new container");
  CHECK(reason({{"service", "1"}, {"build", "1"}}) == "var/run/a changed: new container");
  CHECK(reason({{"service", "1"}, {"build", "1"}, {"var/run/a", "1"}, {"a.env", "1"}}) ==
        "a.env changed: new container");
  CHECK(reason({}) == "it was deployed without a digest: new container");
}

TEST_CASE("an image is built where none was or its files changed", "[decision]") {
  const auto one = wanted("a", {{"service", "1"}, {"build", "1"}});
  CHECK(decided(one, {}).builds);
  CHECK(decided(one, {running("a", {{"service", "1"}, {"build", "2"}})}).builds);
  CHECK_FALSE(decided(one, {running("a", {{"service", "2"}, {"build", "1"}})}).builds);
}

TEST_CASE("an image that its name stands for no more is a change", "[decision]") {
  Container old = running("a");
  old.image_digest = "sha256:old";
  Wanted one = wanted("a");
  one.image = "x";
  CHECK(decided(one, {old}, {.images = {{"x", "sha256:new"}}}).deed == Deed::recreate);
  CHECK(decided(one, {old}, {.images = {{"x", "sha256:old"}}}).deed == Deed::leave);
  one.image.clear();
  CHECK(decided(one, {old}, {.project = "p", .images = {{"p-a", "sha256:new"}}}).reason ==
        "its image p-a changed: new container");
}

TEST_CASE("containers that do not run are started, paused ones go on", "[decision]") {
  Container container = running("a");
  container.state = "exited";
  CHECK(decided(wanted("a"), {container}).reason == "is exited with code 0: start");
  container.state = "paused";
  const auto one = decided(wanted("a"), {container});
  CHECK(one.deed == Deed::unpause);
  CHECK(one.reason == "is paused: goes on");
}

TEST_CASE("replicas that are too many or too few", "[decision]") {
  Wanted one = wanted("a");
  one.replicas = 2;
  CHECK(decided(one, {running("a")}).reason == "2 instead of 1 container");
  CHECK(decided(one, {running("a"), running("a"), running("a")}).reason ==
        "2 instead of 3 containers");
  CHECK(decided(one, {running("a"), running("a")}).deed == Deed::leave);
}

TEST_CASE("changed content is answered as the service asks", "[decision]") {
  Wanted one = wanted("a");
  one.content = {{"var/run/a", "2"}};
  const Circumstances knowing{.content = {{"id-a", {{"var/run/a", "1"}}}}};
  one.on_change = "SIGHUP";
  CHECK(decided(one, {running("a")}, knowing).reason == "var/run/a changed: SIGHUP");
  CHECK(decided(one, {running("a")}, knowing).is_told);
  CHECK(decided(one, {running("a")}).deed == Deed::signal);
  one.on_change = "restart";
  CHECK(decided(one, {running("a")}, knowing).deed == Deed::restart);
  one.on_change = "none";
  CHECK(decided(one, {running("a")}, knowing).deed == Deed::ignore);
  one.content = {{"var/run/a", "1"}};
  CHECK(decided(one, {running("a")}, knowing).deed == Deed::leave);
}

TEST_CASE("a paused container is told of changed content as well", "[decision]") {
  Wanted one = wanted("a");
  one.content = {{"var/run/a", "2"}};
  one.on_change = "SIGHUP";
  Container container = running("a");
  container.state = "paused";
  CHECK(decided(one, {container}).deed == Deed::unpause);
  CHECK(decided(one, {container}).is_told);
  CHECK(decided(one, {container}).reason == "is paused: goes on, then SIGHUP");
  one.on_change = "restart";
  CHECK(decided(one, {container}).deed == Deed::restart);
  one.on_change = "none";
  CHECK_FALSE(decided(one, {container}).is_told);
}

TEST_CASE("whoever lives in a new container gets a new one too", "[decision]") {
  std::vector<Wanted> services = {wanted("c"), wanted("b"), wanted("a", {{"service", "2"}}),
                                  wanted("d")};
  services[0].lives_in = {"b"};
  services[1].lives_in = {"a"};
  services[3].restarts_with = {"b"};
  const std::vector<Container> there = {running("a"), running("b"), running("c"), running("d")};
  const auto all = decide(services, there, {});
  CHECK(all[0].deed == Deed::recreate);
  CHECK(all[1].reason == "it uses the container of 'a', which is new: new container");
  CHECK(all[3].reason == "'b' gets a new container: restart");
}

TEST_CASE("services without a place in the files are orphans", "[decision]") {
  Container once = running("job");
  once.is_one_off = true;
  CHECK(orphans_of({wanted("a")}, {running("a"), running("z"), running("b"), once}) ==
        std::vector<std::string>{"b", "z"});
}

TEST_CASE("who listens where is read from the kernel's tables", "[port]") {
  const char* table =
      "  sl  local_address rem_address   st tx_queue rx_queue\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 0 0 1\n"
      "   1: 00000000:1F90 00000000:0000 01 00000000:00000000 00:00000000 0 0 2\n"
      "   2: 00000000000000000000000000000000:1F90 0:0 0A 0:0 0:0 0 0 3\n";
  CHECK(listening_addresses(table, 8080) == std::vector<std::string>{"127.0.0.1", "::"});
  CHECK(listening_addresses(table, 80).empty());
  CHECK(is_overlap("", "127.0.0.1"));
  CHECK(is_overlap("127.0.0.1", "::"));
  CHECK_FALSE(is_overlap("127.0.0.1", "10.0.0.1"));
  CHECK_FALSE(is_overlap("127.0.0.1", "::?"));
}

}  // namespace
}  // namespace harbor::docker
