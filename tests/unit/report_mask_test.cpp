#include "run/report_mask.hpp"

#include <catch2/catch.hpp>

#include "report/code.hpp"

using namespace harbor;
using nlohmann::json;

namespace {

secret::Masker masker_of(const std::string& value) {
  secret::Masker masker;
  masker.add(value);
  return masker;
}

/// No pack at all.
struct NoCatalog {
  plugin::Registry registry;
  plan::Catalog catalog{registry, {}};
};

}  // namespace

TEST_CASE("changes, outputs, artifacts and origins of a report are masked", "[run]") {
  run::RunReport report;
  run::StepReport step;
  step.changes = {{{"op", "create"},
                   {"target", "var/hunter2"},
                   {"summary", "of hunter2"},
                   {"diff", "+hunter2\n"},
                   {"hunter2", 1}},
                  {{"op", "hunter2"}}};
  step.output = {{"text", "it is hunter2"},
                 {"map", {{"hunter2", 1}, {"list", {"hunter2"}}}},
                 {"token", {{"$secret", "s:hunter2"}}}};
  report.steps.push_back(step);
  report.artifacts = {{"names", {"a", "hunter2"}}};
  report.origins["names"] = {
      {"/hunter2",
       {{{"file", "a/hunter2"}, {"line", 3}, {"value", "hunter2"}, {"by", "hunter2"}}}}};
  report.diagnostics.push_back(harbor::report::diagnose("acme.x", "hunter2 is wrong"));

  NoCatalog none;
  run::mask(masker_of("hunter2"), none.catalog, report);
  CHECK(report.steps[0].changes == json{{{"op", "create"},
                                         {"target", "var/******"},
                                         {"summary", "of ******"},
                                         {"diff", "+******\n"},
                                         {"******", 1}},
                                        {{"op", "******"}}});
  CHECK(report.steps[0].output == json{{"text", "it is ******"},
                                       {"map", {{"******", 1}, {"list", {"******"}}}},
                                       {"token", {{"$secret", "s:hunter2"}}}});
  CHECK(report.artifacts == json{{"names", {"a", "******"}}});
  // Files are named as diagnostics name them.
  CHECK(report.origins["names"] ==
        json{{"/******",
              {{{"file", "a/hunter2"}, {"line", 3}, {"value", "******"}, {"by", "******"}}}}});
  CHECK(report.diagnostics[0].message == "****** is wrong");
}

TEST_CASE("words of the boundary stay in a report, whatever a secret is called", "[run]") {
  for (const std::string secret : {"create", "target", "summary", "diff", "file", "line", "value",
                                   "overridden", "layer", "names"}) {
    run::RunReport report;
    run::StepReport step;
    step.changes = {{{"op", "create"}, {"target", "x"}, {"summary", "y"}, {"diff", "z"}}};
    report.steps.push_back(step);
    report.artifacts = {{"names", {"a"}}};
    report.origins["names"] = {
        {"/0",
         {{{"file", "a"}, {"line", 1}, {"layer", "b"}, {"value", "c"}, {"overridden", false}}}}};
    const auto before = report;
    NoCatalog none;
    run::mask(masker_of(secret), none.catalog, report);
    CHECK(report.steps[0].changes == before.steps[0].changes);
    CHECK(report.artifacts == before.artifacts);
    CHECK(report.origins == before.origins);
  }
}

TEST_CASE("properties of a schema are words, other keys are data", "[run]") {
  const plan::Schema schema(json::parse(R"({"type": "object", "properties": {"token": {}}})"));
  CHECK(run::with_masked_keys(masker_of("token"), schema, {{"token", "token"}, {"a token", 1}}) ==
        json{{"token", "token"}, {"a ******", 1}});
  CHECK(run::with_masked_keys(masker_of("token"), schema, nullptr) == nullptr);
}

TEST_CASE("a code that nobody lists is masked", "[run]") {
  plugin::Pack pack;
  pack.id = "acme";
  pack.failures.push_back({"acme.hunter2", 1, "", ""});
  std::vector<plugin::Pack> packs;
  packs.push_back(pack);
  const plugin::Registry registry(std::move(packs), {});
  const auto code = [&](const std::string& secret, const std::string& text) {
    return run::masked_code(masker_of(secret), registry, text);
  };
  CHECK(code("hunter2", "acme.hunter2") == "acme.hunter2");
  CHECK(code("hunter2", "acme.hunter2x") == "acme.******x");
  CHECK(code("H0401", "H0401") == "H0401");
}
