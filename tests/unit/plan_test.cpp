#include "plan/plan.hpp"

#include <catch2/catch.hpp>

#include "descriptor_of.hpp"
#include "plan/plan_json.hpp"

using namespace harbor;
using namespace harbor::plan;
using namespace harbor::workflow;
using nlohmann::json;

namespace {

using Lines = std::vector<std::string>;

plugin::Registry stock() {
  std::vector<plugin::ActionInfo> actions;
  actions.push_back(action("pick", {}, {{"services", "services", false}}, "{}",
                           R"({"properties": {"services": {"type": "array"}}})"));
  actions.push_back(action("sys", {}, {{"env", "env", false}},
                           R"({"type": "object", "properties": {"file": {"type": "string"}}})",
                           R"({"properties": {"env": {"type": "object"}}})"));
  actions.back().section = "prepare.env";
  actions.push_back(action(
      "merge", {{"services", "services", true}}, {{"file", "merged", false}},
      R"({"type": "object", "required": ["services"], "properties": {"services": {"type": "array"}}})",
      R"({"properties": {"file": {"type": "string"}}})"));
  actions.push_back(action(
      "up", {{"file", "merged", true}, {"env", "env", false}}, {{"left", "left", false}},
      R"({"type": "object", "required": ["file"], "properties": {"file": {"type": "string"}, "env": {}, "jobs": {"type": "integer"}}})"));
  actions.back().effects = HARBOR_FX_WRITE_WORKSPACE;
  actions.push_back(action("down", {{"left", "left", true}}, {},
                           R"({"type": "object", "properties": {"left": {}}})"));
  actions.push_back(action("tunnel", {}, {}, "{}"));
  actions.back().has_undo = true;
  actions.back().effects = HARBOR_FX_WRITE_HOST;
  actions.push_back(action("logs",
                           {{"file", "merged", true}, {"services", "request.services", false}}, {},
                           R"({"type": "object", "properties": {"file": {}, "services": {}}})"));
  actions.push_back(action("theme", {{"color", "descriptor.theme.color", false}}, {},
                           R"({"type": "object", "properties": {"color": {"type": "string"}}})"));
  actions.push_back(
      action("glob", {}, {},
             R"({"type": "object", "properties": {"files": {"x-harbor-literal": true}}})"));
  actions.push_back(action("any", {}, {}, R"({"type": "object", "x-harbor-hooks": ["pre_up"]})",
                           R"({"type": "object"})"));
  std::vector<plugin::Pack> packs;
  packs.push_back(pack("org.example.stock", std::move(actions)));
  return plugin::Registry(std::move(packs), {});
}

/// A planned descriptor, with everything that it was planned from.
struct Planned {
  explicit Planned(const std::string& text, const Target& target,
                   plugin::Registry actions = stock(), Record earlier = {}, Request request = {})
      : registry(std::move(actions)),
        descriptor(descriptor_of(text, std::move(request))),
        workflow(parse_workflow(descriptor, diagnostics)),
        catalog(registry, workflow.choices),
        record(std::move(earlier)),
        plan(make_plan(descriptor, workflow, catalog, target, record, diagnostics)) {
    if (diagnostics.empty()) check_round_trip();
  }

  /// Of every plan that is made here: written and read again it is the same.
  void check_round_trip() const {
    const auto written = to_json(plan);
    const auto again = from_json(json::parse(written.dump()));
    CHECK(to_json(again) == written);
    CHECK(digest(again) == digest(plan));
  }

  plugin::Registry registry;
  report::Diagnostics diagnostics;
  Descriptor descriptor;
  Workflow workflow;
  Catalog catalog;
  Record record;
  Plan plan;

  [[nodiscard]] Lines errors() const { return lines_of(diagnostics); }
  /// "STAGE/ID <- after", in the plan's order.
  [[nodiscard]] Lines steps() const {
    Lines out;
    for (const auto& step : plan.steps) {
      std::string line = step.stage + "/" + step.id;
      for (const auto before : step.after) line += " <" + plan.steps[before].id;
      out.push_back(line);
    }
    return out;
  }
  [[nodiscard]] const PlannedStep& step(const std::string& id) const {
    for (const auto& step : plan.steps)
      if (step.id == id) return step;
    throw std::runtime_error("no step " + id);
  }
};

Target stages(Lines names) { return {std::move(names), {}, false}; }
Target command(const std::string& action, json input = json::object()) {
  return {{}, Target::Command{action, std::move(input)}, false};
}

const std::string whole = R"(
source: { steps: [ { action: pick, id: pick }, { action: any, id: noise } ] }
prepare: { env: { file: a.env }, steps: [ { action: merge, id: merge } ] }
deploy: { steps: [ { action: up, id: up } ] }
destroy: { steps: [ { action: down, id: down } ] }
)";

}  // namespace

// ---- order

TEST_CASE("steps run in the written order", "[workflow]") {
  const Planned planned(
      "deploy: { steps: [ { action: any, id: a }, { action: any, id: b }, { action: any, id: c } ] "
      "}\n",
      stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"deploy/a", "deploy/b <a", "deploy/c <b"});
}

TEST_CASE("needs take a step out of the order, and the next without waits for all", "[workflow]") {
  const Planned planned(R"(
deploy:
  steps:
    - { action: any, id: last, needs: [b, a] }
    - { action: any, id: b, needs: [] }
    - { action: any, id: a, needs: [] }
    - { action: any, id: end }
)",
                        stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() ==
        Lines{"deploy/b", "deploy/a", "deploy/last <b <a", "deploy/end <b <a <last"});
}

TEST_CASE("a reference to an output is an order", "[workflow]") {
  const Planned planned(R"(
deploy:
  steps:
    - { action: any, id: reader, needs: [], text: "${steps.writer.text}" }
    - { action: any, id: writer, needs: [] }
)",
                        stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"deploy/writer", "deploy/reader <writer"});
}

TEST_CASE("steps that wait for one another are an error that shows them", "[workflow]") {
  const Planned planned(
      "deploy:\n  steps:\n  - { action: any, id: a, needs: [b] }\n  - { action: any, id: b, needs: "
      "[a] }\n  - { action: any, id: c, needs: [] }\n",
      stages({"deploy"}));
  REQUIRE(planned.errors().size() == 1);
  CHECK(planned.errors()[0].starts_with("H0214 4:15 5:15 steps wait for one another"));
}

TEST_CASE("a need that leads nowhere is an error with a suggestion", "[workflow]") {
  const Planned planned(
      "deploy:\n  steps:\n  - { action: any, id: first }\n  - { action: any, needs: [frist] }\n  - "
      "{ action: any, needs: [later] }\n"
      "post_deploy: { steps: [ { action: any, id: later } ] }\n",
      stages({"deploy"}));
  CHECK(planned.errors() == Lines{"H0213 5:28 no step has the id 'frist' (did you mean 'first'?)",
                                  "H0213 6:28 step 'later' runs in a later stage"});
}

TEST_CASE("references to steps and outputs are checked", "[workflow]") {
  const Planned planned(
      "source: { steps: [ { action: pick, id: pick } ] }\ndeploy:\n  steps:\n  - { action: any, a: "
      "'${steps.pick.servces}' }\n"
      "  - { action: any, a: '${steps.pikc.services}' }\n",
      stages({"source", "deploy"}));
  CHECK(planned.errors() ==
        Lines{"H0213 5:23 pick has no output 'servces' (did you mean 'services'?)",
              "H0213 6:23 'steps.pikc.services' names no step (did you mean 'pick'?)"});
}

// ---- what joins

TEST_CASE("a stage pulls in the whole stages that publish what it needs", "[workflow]") {
  const Planned planned(whole, stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.plan.stages == Lines{"source", "prepare", "deploy"});
  CHECK(planned.steps() == Lines{"source/pick", "source/noise <pick", "prepare/prepare.env",
                                 "prepare/merge <prepare.env", "deploy/up"});
}

TEST_CASE("a stage that needs nothing pulls nothing in", "[workflow]") {
  const Planned planned(whole, stages({"source"}));
  CHECK(planned.plan.stages == Lines{"source"});
}

TEST_CASE("a plain name pulls in the environment", "[workflow]") {
  const Planned planned(
      "prepare: { env: {} }\npost_deploy: { steps: [ { action: any, text: '${HOME}' } ] }\n",
      stages({"post_deploy"}));
  CHECK(planned.plan.stages == Lines{"prepare", "post_deploy"});
  CHECK(planned.plan.steps.back().reads_env);
}

TEST_CASE("a command takes just the steps that it needs", "[workflow]") {
  const Planned planned(whole, command("logs"));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"source/pick", "prepare/merge", "command/logs"});
  CHECK(planned.plan.steps.back().mark == document::Mark{});
}

TEST_CASE("a command that is given its input pulls nothing in", "[workflow]") {
  const Planned planned(whole, command("logs", {{"file", "other.yml"}}));
  CHECK(planned.steps() == Lines{"command/logs"});
  CHECK(planned.step("logs").fixed["file"] == "other.yml");
}

TEST_CASE("a command takes the record when nothing can be made afresh, or when it prefers it",
          "[workflow]") {
  const Record record{{{"merged", "recorded.yml"}}};
  const Planned bare("name: x\n", command("logs"), stock(), record);
  CHECK(bare.errors().empty());
  CHECK(bare.step("logs").fixed["file"] == "recorded.yml");

  auto target = command("logs");
  const Planned fresh(whole, target, stock(), record);
  CHECK_FALSE(fresh.step("logs").fixed.contains("file"));
  target.prefers_record = true;
  const Planned preferring(whole, target, stock(), record);
  CHECK(preferring.steps() == Lines{"command/logs"});
  CHECK(preferring.step("logs").fixed["file"] == "recorded.yml");
}

TEST_CASE("what a command can go on without may fail, with all that it needs", "[workflow]") {
  auto actions = [](bool needs_services) {
    std::vector<plugin::ActionInfo> all;
    all.push_back(action("pick", {}, {{"services", "services", false}}));
    all.push_back(action("sys", {{"services", "services", false}}, {{"env", "env", false}}));
    all.push_back(action("logs", {{"env", "env", false, false, "less is hidden"}}, {}));
    if (needs_services) all.back().consumes.push_back({"services", "services", true});
    std::vector<plugin::Pack> packs;
    packs.push_back(pack("org.example.stock", std::move(all)));
    return plugin::Registry(std::move(packs), {});
  };
  const std::string text =
      "source: { steps: [ { action: pick, id: pick } ] }\n"
      "prepare: { steps: [ { action: sys, id: sys } ] }\n";
  const Planned planned(text, command("logs"), actions(false));
  CHECK(planned.steps() == Lines{"source/pick", "prepare/sys", "command/logs"});
  for (const char* id : {"pick", "sys"}) {
    CHECK(planned.step(id).continue_on_error);
    CHECK(planned.step(id).otherwise == "less is hidden");
  }
  CHECK_FALSE(planned.step("logs").continue_on_error);

  const Planned needed(text, command("logs"), actions(true));
  CHECK_FALSE(needed.step("pick").continue_on_error);
  CHECK(needed.step("sys").continue_on_error);

  // What is deployed, not what would be.
  const Planned recorded(text, command("logs"), actions(false), Record{{{"services", {"web"}}}});
  CHECK(recorded.steps() == Lines{"prepare/sys", "command/logs"});
  CHECK(recorded.step("sys").fixed["services"] == json{"web"});
}

TEST_CASE("destroy takes what was recorded, not today's descriptor", "[workflow]") {
  const Planned planned(whole, stages({"destroy"}), stock(), Record{{{"left", {"web"}}}});
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"destroy/down"});
  CHECK(planned.step("down").fixed["left"] == json({"web"}));
}

TEST_CASE("behind the steps of destroy, what steps saved is undone, the latest first",
          "[workflow]") {
  Record record{{{"left", {"web"}}}};
  record.states = {{"late", "tunnel", {{"port", 1}}}, {"up", "up", {}}, {"early[0]", "tunnel", {}}};
  const Planned planned(whole, stages({"destroy"}), stock(), record);
  CHECK(planned.errors().empty());
  CHECK(planned.steps() ==
        Lines{"destroy/down", "destroy/undo:late <down", "destroy/undo:early[0] <undo:late"});
  CHECK(planned.step("undo:late").undoes);
  CHECK(planned.step("undo:late").saved->state == json({{"port", 1}}));
  CHECK(planned.plan.has_writes());
}

TEST_CASE("destroy says which action is missing for what has to be undone", "[workflow]") {
  Record record{{{"left", {"web"}}}};
  record.states = {{"far", "gone", {}}};
  const Planned planned(whole, stages({"destroy"}), stock(), record);
  REQUIRE(planned.errors().size() == 1);
  CHECK(planned.errors()[0].starts_with("H0210 "));
}

TEST_CASE("what is taken from another place of the descriptor is checked as a parameter is",
          "[workflow]") {
  const Planned planned(
      "theme: { color: \"${steps.nobody.color}\" }\n"
      "deploy: { steps: [ { action: theme, id: theme } ] }\n",
      stages({"deploy"}));
  REQUIRE(planned.errors().size() == 1);
  CHECK(planned.errors()[0].starts_with("H0213 "));
}

TEST_CASE("destroy without a record cannot be planned", "[workflow]") {
  const Planned planned(whole, stages({"destroy"}));
  REQUIRE(planned.errors().size() == 1);
  CHECK(planned.errors()[0].starts_with("H0216 "));
}

// ---- binding

TEST_CASE("what a step leaves out is bound to the nearest earlier step that publishes it",
          "[workflow]") {
  const Planned planned(
      "source: { steps: [ { action: pick, id: first }, { action: pick, id: second } ] }\n"
      "prepare: { steps: [ { action: merge, id: merge }, { action: merge, id: given, services: [x] "
      "} ] }\n",
      stages({"prepare"}));
  CHECK(planned.errors().empty());
  const auto& bound = planned.step("merge").bound;
  REQUIRE(bound.size() == 1);
  CHECK(bound[0].property == "services");
  CHECK(planned.plan.steps[bound[0].step].id == "second");
  CHECK(planned.step("given").bound.empty());
  CHECK(planned.step("given").fixed["services"] == json({"x"}));
}

TEST_CASE("an artifact that nobody publishes is refused, with who would", "[workflow]") {
  const Planned planned("prepare:\n  steps:\n  - { action: merge }\n", stages({"prepare"}));
  CHECK(planned.errors() ==
        Lines{"H0216 4:15 merge needs the artifact 'services', and no earlier step provides it (it "
              "is published by pick: add such a step before this one)"});
}

TEST_CASE("an artifact that is not required may be missing", "[workflow]") {
  const Planned planned(
      "source: { steps: [ { action: pick } ] }\nprepare: { steps: [ { action: merge } ] }\ndeploy: "
      "{ steps: [ { action: up, id: up } ] }\n",
      stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.step("up").bound.size() == 1);
}

TEST_CASE("keys of the descriptor and of the request are bound", "[workflow]") {
  Request request;
  request.services = {"web"};
  const Planned planned(
      "theme: { color: red }\ndeploy: { steps: [ { action: theme, id: theme }, { action: logs, id: "
      "logs, file: a } ] }\n",
      stages({"deploy"}), stock(), {}, request);
  CHECK(planned.errors().empty());
  CHECK(planned.step("theme").fixed["color"] == "red");
  CHECK(planned.step("logs").fixed["services"] == json({"web"}));
}

TEST_CASE("values with expressions stay open, the others are fixed", "[workflow]") {
  const Planned planned(
      "deploy: { steps: [ { action: any, id: any, a: '${X}', b: 5, c: { d: ['${Y}'] } } ] }\n",
      stages({"deploy"}));
  const auto& step = planned.step("any");
  CHECK(step.fixed == json{{"b", 5}});
  REQUIRE(step.open.size() == 2);
  CHECK(step.open[0].property == "a");
  CHECK(step.open[1].property == "c");
}

TEST_CASE("parameters are checked where they stand", "[workflow]") {
  const Planned planned(
      "deploy:\n  steps:\n  - { action: up, file: f, jobs: many }\n  - { action: up, file: f, "
      "jbos: 1 }\n  - { action: up, file: f, jbos: '${N}' }\n",
      stages({"deploy"}));
  const auto found = planned.errors();
  REQUIRE(found.size() == 3);
  CHECK(found[0].starts_with("H0217 4:34 up: jobs must be an integer"));
  CHECK(found[1] == "H0217 5:28 up: unknown key 'jbos' (did you mean 'jobs'?)");
  CHECK(found[2] == "H0217 6:28 up: unknown key 'jbos' (did you mean 'jobs'?)");
}

// ---- names

TEST_CASE("unknown actions, sections and keys come with suggestions", "[workflow]") {
  const Planned planned(
      "theem: 1\nprepare:\n  evn: {}\n  steps:\n  - { action: mrege }\n  - { action: "
      "entirely.other }\n",
      stages({"prepare"}));
  CHECK(planned.errors() ==
        Lines{"H0218 4:3 unknown section 'evn' in stage 'prepare' (did you mean 'env'?)",
              "H0210 6:15 unknown action 'mrege' (did you mean 'merge'?)",
              "H0210 7:15 unknown action 'entirely.other' (`harbor actions` lists all actions)",
              "H0206 2:1 unknown key 'theem' (did you mean 'theme'?)"});
}

TEST_CASE("of several providers one must be chosen", "[workflow]") {
  const auto two = [] {
    std::vector<plugin::Pack> packs;
    packs.push_back(pack("org.example.one", {action("run")}));
    packs.push_back(pack("org.example.two", {action("run")}));
    return plugin::Registry(std::move(packs), {});
  };
  const std::string step = "deploy: { steps: [ { action: run, id: run } ] }\n";
  const Planned open(step, stages({"deploy"}), two());
  REQUIRE(open.diagnostics.size() == 1);
  CHECK(open.diagnostics[0].code == "H0315");
  CHECK(open.diagnostics[0].causes.size() == 2);

  const Planned chosen("use: { run: org.example.two }\n" + step, stages({"deploy"}), two());
  CHECK(chosen.errors().empty());
  CHECK(chosen.step("run").pack == "org.example.two");

  const Planned wrong("use: { run: org.example.three }\n" + step, stages({"deploy"}), two());
  REQUIRE(wrong.diagnostics.size() == 1);
  CHECK(wrong.diagnostics[0].code == "H0222");
  CHECK(wrong.diagnostics[0].hint == "it is provided by org.example.one, org.example.two");
}

TEST_CASE("a section that two actions claim is an error", "[workflow]") {
  auto first = action("a.env"), second = action("b.env");
  first.section = second.section = "prepare.env";
  std::vector<plugin::Pack> packs;
  packs.push_back(pack("org.example.both", {first, second}));
  const Planned planned("prepare: { env: {} }\n", stages({"prepare"}),
                        plugin::Registry(std::move(packs), {}));
  REQUIRE(planned.errors().size() == 1);
  CHECK(planned.errors()[0].starts_with(
      "H0219 2:12 several actions claim the section 'prepare.env': a.env, b.env"));
}

// ---- hooks

TEST_CASE("hooks of a stage stand around its steps, others wait for their point", "[workflow]") {
  const Planned planned(
      "hooks: { pre_deploy: [ { action: any, id: before } ], post_deploy: [ { action: any, id: "
      "after } ], pre_up: [ { action: any, id: point } ] }\n"
      "deploy: { steps: [ { action: any, id: it } ] }\n",
      stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"deploy/before", "deploy/it <before", "deploy/after <it"});
  REQUIRE(planned.plan.hooks.size() == 1);
  CHECK(planned.plan.hooks[0].point == "pre_up");
  CHECK(planned.plan.hooks[0].steps.size() == 1);
}

TEST_CASE("a hook stands at a point that somebody raises", "[workflow]") {
  const Planned planned("hooks: { pre_deply: [], post_source: [], pre_up: [], on_error: [] }\n",
                        stages({"deploy"}));
  CHECK(planned.errors() ==
        Lines{"H0206 2:10 unknown hook point 'pre_deply' (did you mean 'pre_deploy'?)",
              "H0206 2:54 unknown hook point 'on_error'"});
}

TEST_CASE("a plan knows whether it writes", "[workflow]") {
  CHECK_FALSE(
      Planned("deploy: { steps: [ { action: any } ] }\n", stages({"deploy"})).plan.has_writes());
  CHECK(Planned("deploy: { steps: [ { action: up, file: f } ] }\n", stages({"deploy"}))
            .plan.has_writes());
}

TEST_CASE("writing may be what a property asks for", "[workflow]") {
  const auto registry = [] {
    std::vector<plugin::ActionInfo> actions;
    actions.push_back(
        action("env", {}, {{"env", "env", false}},
               R"({"type": "object", "properties": {"file": {"x-harbor-writes": true}}})",
               R"({"properties": {"env": {"type": "object"}}})"));
    actions.back().effects = HARBOR_FX_WRITE_WORKSPACE;
    actions.push_back(action("show", {{"env", "env", false}}, {},
                             R"({"type": "object", "properties": {"env": {}}})"));
    std::vector<plugin::Pack> packs;
    packs.push_back(pack("org.example.env", std::move(actions)));
    return plugin::Registry(std::move(packs), {});
  };
  const auto writes = [&](const std::string& file) {
    const std::string text = "prepare: { steps: [ { action: env" + file + " } ] }\n";
    return Planned(text, stages({"prepare"}), registry()).plan.has_writes();
  };
  CHECK_FALSE(writes(""));
  CHECK_FALSE(writes(", file: false"));
  CHECK(writes(", file: true"));
  CHECK(writes(", file: \"${A:-x}\""));

  const Planned shown("prepare: { steps: [ { action: env, file: true } ] }\n", command("show"),
                      registry());
  REQUIRE(shown.plan.steps.size() == 2);
  CHECK_FALSE(shown.plan.has_writes());
  CHECK_FALSE(shown.plan.steps[0].fixed.contains("file"));
}

TEST_CASE("a literal property keeps its references and needs no environment", "[workflow]") {
  const Planned planned(
      "prepare:\n  env: {file: .env}\n"
      "deploy:\n  steps: [{action: glob, files: ['a.${service}', '${steps.x.y}']}]\n",
      stages({"deploy"}));
  CHECK(planned.errors().empty());
  CHECK(planned.steps() == Lines{"deploy/glob"});
  CHECK(planned.step("glob").open.empty());
  CHECK(planned.step("glob").fixed == json{{"files", {"a.${service}", "${steps.x.y}"}}});
}
