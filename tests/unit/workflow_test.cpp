#include "workflow/workflow.hpp"

#include <catch2/catch.hpp>

#include "descriptor_of.hpp"

using namespace harbor;
using namespace harbor::workflow;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

/// What is wrong with a descriptor that starts with `version: 1`.
Lines errors(const std::string& text) {
  const auto descriptor = descriptor_of(text);
  report::Diagnostics diagnostics;
  (void)parse_workflow(descriptor, diagnostics);
  return lines_of(diagnostics);
}

Lines load_errors(const Texts& texts, Request request = {}) {
  try {
    (void)descriptor_of(texts, std::move(request));
  } catch (const report::Error& failure) {
    return lines_of(failure.diagnostics());
  }
  return {};
}

Request with(std::vector<std::string> services, std::string profile = "", std::string site = "",
             std::vector<std::string> sets = {}) {
  Request request;
  request.services = std::move(services);
  request.profile = std::move(profile);
  request.site = std::move(site);
  request.sets = std::move(sets);
  return request;
}

}  // namespace

TEST_CASE("a step is read with everything that it says", "[workflow]") {
  const auto descriptor = descriptor_of(R"(
deploy:
  steps:
    - { action: a.first, id: one, when: "${X}", timeout: 5s, retry: { attempts: 3, backoff: 10ms }, continueOnError: true, port: 80 }
    - { action: a.second, needs: [one], forEach: [1, 2], with: { when: now } }
)");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  CHECK(lines_of(diagnostics).empty());
  const auto& steps = workflow.stage("deploy")->steps;
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].id == "one");
  CHECK(steps[0].action == "a.first");
  CHECK(steps[0].stage == "deploy");
  CHECK(steps[0].when->text == "${X}");
  CHECK(steps[0].timeout == 5s);
  CHECK(steps[0].retry.attempts == 3);
  CHECK(steps[0].retry.backoff == 10ms);
  CHECK(steps[0].continue_on_error);
  CHECK_FALSE(steps[0].needs);
  REQUIRE(steps[0].parameters.size() == 1);
  CHECK(steps[0].parameters[0].first == "port");
  CHECK(steps[1].needs->front().first == "one");
  CHECK(steps[1].for_each->items.size() == 2);
  REQUIRE(steps[1].parameters.size() == 1);
  CHECK(steps[1].parameters[0].first == "when");
}

TEST_CASE("steps without an id are named by their action", "[workflow]") {
  const auto descriptor =
      descriptor_of("source: { env: { a: 1 }, steps: [ { action: x.y }, { action: x.y } ] }\n");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  const auto& steps = workflow.stage("source")->steps;
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].id == "source.env");
  CHECK(steps[0].section == "source.env");
  CHECK(steps[1].id == "x.y");
  CHECK(steps[2].id == "x.y#2");
}

TEST_CASE("the five stages are always there, in running order", "[workflow]") {
  const auto descriptor = descriptor_of("destroy: { steps: [] }\nsource:\n");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  Lines names;
  for (const auto& stage : workflow.stages) names.push_back(stage.name);
  CHECK(names == Lines{"source", "prepare", "deploy", "post_deploy", "destroy"});
  CHECK(workflow.stage("nothing") == nullptr);
  CHECK(diagnostics.empty());
}

TEST_CASE("keys that the kernel does not know are kept for actions, those with x- are yours",
          "[workflow]") {
  const auto descriptor = descriptor_of("theme: 1\nx-mine: 2\nname: demo\n");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  REQUIRE(workflow.others.size() == 1);
  CHECK(workflow.others[0].first == "theme");
}

TEST_CASE("hooks of a stage belong to it, others to no stage", "[workflow]") {
  const auto descriptor = descriptor_of(
      "hooks: { pre_deploy: [ { action: a } ], pre_service_up: [ { action: b } ] }\n");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  REQUIRE(workflow.hook("pre_deploy") != nullptr);
  CHECK(workflow.hook("pre_deploy")->steps[0].stage == "deploy");
  CHECK(workflow.hook("pre_service_up")->steps[0].stage.empty());
  CHECK(workflow.hook("post_deploy") == nullptr);
}

TEST_CASE("a version is asked for", "[workflow]") {
  report::Diagnostics diagnostics;
  (void)parse_workflow(descriptor_of(Texts{{"etc/harbor.yaml", "deploy:\n"}}), diagnostics);
  (void)parse_workflow(descriptor_of(Texts{{"etc/harbor.yaml", "version: 2\n"}}), diagnostics);
  CHECK(
      lines_of(diagnostics) ==
      Lines{
          "H0202 1:1 the descriptor does not say its version (add `version: 1` as the first line)",
          "H0202 1:10 version '2' is not known (this Harbor reads version 1)"});
}

TEST_CASE("two steps with one id are an error that shows both", "[workflow]") {
  const auto found = errors(
      "source: { steps: [ { action: a, id: same } ] }\ndeploy: { steps: [ { action: b, id: same } "
      "] }\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("H0212 3:"));
  CHECK(found[0].find("two steps have the id 'same'") != std::string::npos);
}

TEST_CASE("all that is wrong is told at once", "[workflow]") {
  const auto found = errors(R"(
deploy:
  steps:
    - { action: a, timeout: soon, retry: { attempts: 0 } }
    - { action: "No!" }
    - { actoin: a }
    - a.b
)");
  CHECK(found == Lines{"H0215 5:29 timeout is not a duration (for example 500ms, 30s, 5m or 1h30m)",
                       "H0207 5:54 attempts is a number from 1 to 100",
                       "H0207 6:17 'No!' is not the name of an action",
                       "H0206 7:9 this step has no action (did you mean 'action'?)",
                       "H0207 8:7 a step is a mapping, this is text (write `- action: a.b`)"});
}

TEST_CASE("packs and choices are read", "[workflow]") {
  const auto descriptor =
      descriptor_of("plugins: [ { path: packs/a.so } ]\nuse: { a.b: org.example.c }\n");
  report::Diagnostics diagnostics;
  const auto workflow = parse_workflow(descriptor, diagnostics);
  REQUIRE(workflow.packs.size() == 1);
  CHECK(workflow.packs[0].path == "packs/a.so");
  REQUIRE(workflow.choices.size() == 1);
  CHECK(workflow.choices[0].action == "a.b");
  CHECK(workflow.choices[0].pack == "org.example.c");
}

// ---- layers

TEST_CASE("services, profile, site and settings are laid over the descriptor in this order",
          "[workflow]") {
  const Texts texts = {
      {"etc/harbor.yaml",
       "version: 1\nx-v: 0\nx-keep: 1\nprofiles: { dev: { services: [web], x-v: 2 } }\n"},
      {"stacks/web/harbor.yaml", "x-v: 1\nx-web: yes\n"},
      {"etc/sites/berlin.yaml", "x-v: 3\n"}};
  const auto value = [&](Request request) {
    return descriptor_of(texts, std::move(request)).root.find("x-v")->text;
  };
  CHECK(value({}) == "0");
  CHECK(value(with({"web"})) == "1");
  CHECK(value(with({}, "dev")) == "2");
  CHECK(value(with({}, "dev", "berlin")) == "3");
  CHECK(value(with({}, "dev", "berlin", {"x-v=4"})) == "4");
  CHECK(descriptor_of(texts, with({"web"})).root.find("x-keep")->text == "1");
}

TEST_CASE("the default profile counts when no service is named", "[workflow]") {
  const std::string text = "profiles: { default: { services: [web, db], options: [gpu] } }\n";
  CHECK(descriptor_of(text).request.services == Lines{"web", "db"});
  CHECK(descriptor_of(text).request.options == Lines{"gpu"});
  CHECK(descriptor_of(text, with({"one"})).request.services == Lines{"one"});
  CHECK(descriptor_of(text, with({"db"}, "default")).request.services == Lines{"db", "web"});
}

TEST_CASE("all services bring all their files", "[workflow]") {
  const Texts texts = {{"etc/harbor.yaml", "version: 1\n"},
                       {"stacks/a/harbor.yaml", "x-a: 1\n"},
                       {"stacks/b/harbor.yaml", "x-b: 1\n"}};
  const auto root = descriptor_of(texts, with({"*"})).root;
  CHECK(root.find("x-a") != nullptr);
  CHECK(root.find("x-b") != nullptr);
}

TEST_CASE("what the command line names must exist and be a name", "[workflow]") {
  const Texts texts = {{"etc/harbor.yaml", "version: 1\nprofiles: { default: {} }\n"}};
  CHECK(load_errors(texts, with({}, "defualt")) ==
        Lines{"H0203 unknown profile 'defualt' (did you mean 'default'?)"});
  CHECK(
      load_errors(texts, with({}, "", "berlin")) ==
      Lines{
          "H0204 unknown site 'berlin' (a site is etc/sites/berlin.yaml or etc/sites/berlin.env)"});
  REQUIRE(load_errors(texts, with({"../up"})).size() == 1);
  CHECK(load_errors(texts, with({"../up"}))[0].starts_with("H0205 '../up' is not a name"));
}

TEST_CASE("a descriptor that is not there or no mapping is an error", "[workflow]") {
  CHECK(load_errors({}) == Lines{"H0201 cannot read etc/harbor.yaml"});
  CHECK(load_errors({{"etc/harbor.yaml", "- version: 1\n"}}).size() == 1);
}
