#include "store/record.hpp"

#include <catch2/catch.hpp>

#include "store/journal.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using nlohmann::json;
using namespace store;

namespace {

/// A mask for a secret with this value.
std::function<std::string(std::string_view)> hide(std::string secret) {
  return [secret = std::move(secret)](std::string_view text) {
    std::string out{text};
    for (auto at = out.find(secret); at != out.npos; at = out.find(secret, at + 6))
      out.replace(at, secret.size(), "******");
    return out;
  };
}

const std::vector<json>& one_of_each() {
  static const std::vector<json> all = {
      {{"event", "run_started"},
       {"format", 1},
       {"command", "deploy"},
       {"stages", {"source", "deploy"}},
       {"request", {{"services", {"web"}}}},
       {"pid", 42}},
      {{"event", "step_intent"}, {"step", "up"}, {"action", "zoo.up"}, {"attempt", 2}},
      {{"event", "step_result"},
       {"step", "up"},
       {"action", "zoo.up"},
       {"attempt", 2},
       {"outcome", "failure"},
       {"code", "zoo.failed"},
       {"message", "no"},
       {"input", {{"names", {"a"}}}},
       {"output", {{"left", 1}}}},
      {{"event", "step_log"},
       {"step", "up"},
       {"action", "zoo.up"},
       {"level", "warn"},
       {"text", "slow"},
       {"fields", {{"ms", 5}}}},
      {{"event", "state_saved"}, {"step", "up"}, {"action", "zoo.up"}, {"serial", 7}},
      {{"event", "artifact"},
       {"artifact", "left"},
       {"step", "up"},
       {"action", "zoo.up"},
       {"serial", 8}},
      {{"event", "step_undone"}, {"step", "up"}, {"action", "zoo.up"}},
      {{"event", "state_forgotten"}, {"step", "up"}, {"action", "zoo.up"}},
      {{"event", "run_finished"},
       {"outcome", "success"},
       {"seconds", 1.5},
       {"steps",
        {{{"id", "up"},
          {"stage", "deploy"},
          {"action", "zoo.up"},
          {"outcome", "success"},
          {"seconds", 0.5}}}}}};
  return all;
}

}  // namespace

TEST_CASE("every kind of record is read as it was written", "[store]") {
  REQUIRE(one_of_each().size() + 1 == std::variant_size_v<Record>);
  for (std::size_t kind = 0; kind < one_of_each().size(); ++kind) {
    const Record record = record_from(one_of_each()[kind]);
    CHECK(record.index() == kind);
    CHECK(to_json(record) == one_of_each()[kind]);
  }
}

TEST_CASE("a record of a newer Harbor is kept as it is", "[store]") {
  for (const json& strange : {json{{"event", "teleported"}, {"to", {1, 2}}}, json::object(),
                              json{{"event", 5}}, json(7), json("text")}) {
    const Record record = record_from(strange);
    CHECK(std::holds_alternative<UnknownRecord>(record));
    CHECK(to_json(record) == strange);
  }
}

TEST_CASE("members of the wrong type get their defaults", "[store]") {
  for (json value : one_of_each()) {
    for (auto& [name, member] : value.items())
      if (name != "event") member = member.is_string() ? json(5) : json("x");
    CHECK_NOTHROW(to_json(record_from(value)));
  }
  const auto finished = std::get<RunFinished>(record_from(
      {{"event", "run_finished"}, {"outcome", 1}, {"steps", {1, "x", json::object()}}}));
  CHECK(finished.outcome.empty());
  CHECK(finished.steps.size() == 1);
}

TEST_CASE("masking leaves the record's own words alone, whatever a secret is called", "[store]") {
  for (const char* secret : {"state", "step_result", "event", "deploy", "zoo.up", "up", "success",
                             "outcome", "zoo.failed", "artifact", "run_started"})
    for (const json& value : one_of_each()) {
      Record record = record_from(value);
      mask_free_text(record, hide(secret));
      CHECK(to_json(record) == value);
    }
}

TEST_CASE("masking takes secrets out of messages, inputs and outputs", "[store]") {
  Record record = StepResult{.step = "hunter2",
                             .action = "zoo.up",
                             .outcome = "failure",
                             .code = "",
                             .message = "login with hunter2 failed",
                             .input = {{"url", "http://hunter2@web"},
                                       {"password", {{"$secret", "hunter2-ref"}}},
                                       {"hunter2", {{"by hunter2", {"hunter2"}}}}},
                             .output = {{"lines", {"ok", "hunter2"}}}};
  mask_free_text(record, hide("hunter2"));
  const auto& result = std::get<StepResult>(record);
  CHECK(result.step == "hunter2");
  CHECK(result.message == "login with ****** failed");
  CHECK(result.input["url"] == "http://******@web");
  CHECK(result.input["password"] == json{{"$secret", "hunter2-ref"}});  // a reference is a name
  Record line = StepLog{.step = "up",
                        .action = "zoo.up",
                        .level = "warn",
                        .text = "hunter2",
                        .fields = {{"hunter2", 1}}};
  mask_free_text(line, hide("hunter2"));
  CHECK(std::get<StepLog>(line).fields == json{{"******", 1}});  // a pack makes up their names
  // Properties of an action are words of its schema; what stands deeper is data.
  CHECK(result.input["hunter2"] == json{{"by ******", {"******"}}});
  CHECK(result.output["lines"] == json{"ok", "******"});
}

TEST_CASE("a journal of a newer format is told as such, and shown as far as it is understood",
          "[store]") {
  const test::TemporaryFolder folder;
  {
    Journal journal{folder.path, "run"};
    RunStarted started;
    started.command = "deploy";
    journal.append(to_json(started));
  }
  CHECK_FALSE(read_run(folder.path, "run")->problem);
  {
    Journal journal{folder.path, "newer"};
    RunStarted started;
    started.format = journal_format + 1;
    started.command = "deploy";
    journal.append(to_json(started));
    journal.append({{"event", "teleported"}});
  }
  const auto run = read_run(folder.path, "newer");
  REQUIRE(run);
  REQUIRE(run->problem);
  CHECK(run->problem->code == "H0709");
  CHECK(run->command == "deploy");
  CHECK(run->records.size() == 2);
}
