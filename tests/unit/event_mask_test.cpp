#include "secret/event_mask.hpp"

#include <catch2/catch.hpp>

#include "report/code.hpp"

using namespace harbor;

namespace {

secret::Masker masker_of(const std::string& value) {
  secret::Masker masker;
  masker.add(value);
  return masker;
}

}  // namespace

TEST_CASE("text, fields and diagnostics of an event are masked", "[secret]") {
  report::Event event;
  event.text = "it is hunter2!";
  event.fields = {{"token", "hunter2"}, {"list", {1, "a hunter2"}}, {"map", {{"hunter2", 1}}}};
  auto problem = report::diagnose("acme.quota", "hunter2 is wrong", {}, "not hunter2");
  problem.causes = {"hunter2"};
  problem.labels = {{{"a.yaml", 1, 1, 1}, "hunter2"}};
  problem.detail = R"({"sent":"hunter2"})";
  event.diagnostics.push_back(problem);
  secret::mask(masker_of("hunter2"), event);
  CHECK(event.text == "it is ******!");
  CHECK(event.fields ==
        nlohmann::json{{"token", "******"}, {"list", {1, "a ******"}}, {"map", {{"******", 1}}}});
  const auto& masked = event.diagnostics.front();
  CHECK(masked.message == "****** is wrong");
  CHECK(masked.hint == "not ******");
  CHECK(masked.causes.front() == "******");
  CHECK(masked.labels.front().text == "******");
  CHECK(masked.detail == R"({"sent":"******"})");
}

TEST_CASE("Harbor's own words are never masked", "[secret]") {
  report::Event event;
  event.kind = report::EventKind::trace;
  event.run = event.stage = event.step = event.action = "deploy";
  event.fields = {{"deploy", 1}};
  event.diagnostics.push_back(
      report::diagnose("deploy", "text", {{{"deploy/harbor.yaml", 1, 1, 1}, ""}}));
  secret::mask(masker_of("deploy"), event);
  CHECK(event.run == "deploy");
  CHECK(event.stage == "deploy");
  CHECK(event.step == "deploy");
  CHECK(event.action == "deploy");
  CHECK(event.fields.contains("deploy"));
  CHECK(event.diagnostics.front().code == "deploy");
  CHECK(event.diagnostics.front().labels.front().span.file == "deploy/harbor.yaml");
}

TEST_CASE("names of fields that a pack makes up are masked", "[secret]") {
  report::Event event;
  event.kind = report::EventKind::step_log;
  event.fields = {{"hunter2", 1}, {"a hunter2", 2}, {"an hunter2", {{"$secret", "s:hunter2"}}}};
  secret::mask(masker_of("hunter2"), event);
  CHECK(event.fields ==
        nlohmann::json{{"******", 1}, {"a ******", 2}, {"an ******", {{"$secret", "s:hunter2"}}}});
}

TEST_CASE("keys that are masked do not take one another's place", "[secret]") {
  nlohmann::json value = {{"hunter2", 1}, {"******", 2}, {"hunter2hunter2", 3}};
  secret::mask(masker_of("hunter2"), value);
  CHECK(value.size() == 3);
  CHECK(value["******"] == 2);
}
