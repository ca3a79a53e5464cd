#include "run/recorder.hpp"

#include <catch2/catch.hpp>

#include "system/sha256.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using nlohmann::json;
using run::Recorder;

namespace {

/// The last record of the run's journal.
json last_record(const test::TemporaryFolder& folder) {
  return store::read_run(folder.path, "run")->records.back();
}

store::StepResult result_with(json input) {
  store::StepResult result;
  result.step = "hunter2";
  result.input = std::move(input);
  return result;
}

}  // namespace

TEST_CASE("what is long is recorded as its digest", "[run]") {
  const std::string text(run::longest_text + 1, 'x');
  json list = json::array();
  while (list.dump().size() <= run::longest_property) list.push_back("entry");
  const json all = {{"short", std::string(run::longest_text, 'x')},
                    {"long", text},
                    {"nested", {{"long", {text}}}},
                    {"many", list},
                    {"number", 7}};
  json bounded = all;
  run::bound(bounded);
  const json digest = {{"$digest", "sha256:" + system::sha256(text)}, {"bytes", text.size()}};
  CHECK(bounded["short"] == all["short"]);
  CHECK(bounded["long"] == digest);
  CHECK(bounded["nested"]["long"][0] == digest);
  CHECK(bounded["many"]["bytes"] == list.dump().size());
  CHECK(bounded["number"] == 7);
  CHECK(bounded.dump().size() < run::longest_text * 2);
  json nothing;
  CHECK_NOTHROW(run::bound(nothing));
}

TEST_CASE(
    "a step's input is recorded with its secrets masked, and without a digest that tells them",
    "[run]") {
  const test::TemporaryFolder folder;
  const std::string padding(run::longest_text, 'x');
  secret::Masker masker;
  masker.add("hunter2");
  {
    store::Journal journal{folder.path, "run"};
    Recorder recorder(&journal, nullptr, masker, "run");
    recorder.note(result_with({{"url", "http://hunter2@web"}, {"text", "hunter2" + padding}}));
  }
  const auto record = last_record(folder);
  CHECK(record["step"] == "hunter2");
  CHECK(record["input"]["url"] == "http://******@web");
  CHECK(record["input"]["text"]["$digest"] == "sha256:" + system::sha256("******" + padding));
}

TEST_CASE("without journal and state nothing is kept, and nothing fails", "[run]") {
  const secret::Masker masker;
  Recorder recorder(nullptr, nullptr, masker, "run");
  CHECK_FALSE(recorder.keeps_state());
  CHECK_NOTHROW(recorder.note(result_with(json::object())));
  CHECK_NOTHROW(recorder.forget("step"));
  CHECK_NOTHROW(recorder.clear_state());
}

TEST_CASE("what is given up is dropped from the state and stands in the journal", "[run]") {
  const test::TemporaryFolder folder;
  const secret::Masker masker;
  store::StateFile state{folder.path};
  state.save({json::object(), {"first", "zoo.write", "org.example.zoo", "1.0.0", "run", 0}});
  state.save({json::object(), {"second", "zoo.write", "org.example.zoo", "1.0.0", "run", 0}});
  {
    store::Journal journal{folder.path, "run"};
    Recorder recorder(&journal, &state, masker, "run");
    recorder.forget("first");
    recorder.forget("nobody");
  }
  REQUIRE(store::read_state(folder.path).states.size() == 1);
  CHECK(store::read_state(folder.path).states[0].maker.step == "second");
  const auto record = last_record(folder);
  CHECK(record["event"] == "state_forgotten");
  CHECK(record["step"] == "first");
  CHECK(store::read_run(folder.path, "run")->records.size() == 1);
}
