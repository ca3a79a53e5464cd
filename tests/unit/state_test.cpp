#include "store/state.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <thread>

#include "failure_of.hpp"
#include "store/seal.hpp"
#include "temporary_folder.hpp"

using namespace harbor;
using nlohmann::json;
using store::Maker;
using store::StateFile;

namespace {

using Folder = test::TemporaryFolder;
namespace fs = std::filesystem;

fs::path file_of(const Folder& folder) { return folder.path / "state/state.json"; }

Maker maker(const char* step, const char* run = "run-1") {
  return {step, "zoo.write", "org.example.zoo", "1.2.3", run, 0};
}

std::vector<std::string> steps_of(const store::State& state) {
  std::vector<std::string> steps;
  for (const auto& saved : state.states) steps.push_back(saved.maker.step);
  return steps;
}

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

}  // namespace

TEST_CASE("a project without a state file has nothing deployed", "[store]") {
  const Folder folder;
  const auto state = store::read_state(folder.path);
  CHECK(state.is_empty());
  CHECK(state.serial == 0);
  CHECK_FALSE(fs::exists(folder.path / "state"));
}

TEST_CASE("what was saved and recorded is read again, with who made it", "[store]") {
  const Folder folder;
  const json value = {{"manifest", ".template/state"}, {"\u00e4", json::array({1, nullptr, 2.5})}};
  {
    StateFile file(folder.path);
    CHECK(file.save({value, maker("render")}) == 1);
    CHECK(file.record(maker("select"), {{"services", {"a", "b"}}, {"project", "web"}}) == 2);
  }
  const auto state = store::read_state(folder.path);
  CHECK(state.serial == 2);
  REQUIRE(state.states.size() == 1);
  CHECK(state.states[0].state == value);
  CHECK(state.states[0].maker.action == "zoo.write");
  CHECK(state.states[0].maker.pack == "org.example.zoo");
  CHECK(state.states[0].maker.pack_version == "1.2.3");
  CHECK(state.states[0].maker.run == "run-1");
  CHECK(state.states[0].maker.serial == 1);
  CHECK(state.artifacts.at("services").value == json{"a", "b"});
  CHECK(state.artifacts.at("project").maker.step == "select");
  CHECK(state.artifacts.at("project").maker.serial == 2);
}

TEST_CASE("a step that saves again replaces what it saved and is the latest then", "[store]") {
  const Folder folder;
  StateFile file(folder.path);
  file.save({{{"n", 1}}, maker("first")});
  file.save({{{"n", 2}}, maker("second")});
  file.save({{{"n", 3}}, maker("first", "run-0-by-a-clock-that-was-set-back")});
  const auto state = store::read_state(folder.path);
  CHECK(steps_of(state) == std::vector<std::string>{"second", "first"});
  CHECK(state.states[1].state == json{{"n", 3}});
  CHECK(state.states[1].maker.serial == 3);
}

TEST_CASE("what a step recorded in an earlier run is replaced as a whole", "[store]") {
  const Folder folder;
  StateFile file(folder.path);
  file.record(maker("select"), {{"services", {"a"}}, {"overlay", "gpu"}});
  file.record(maker("other"), {{"left", 1}});
  SECTION("by the next run") {
    file.record(maker("select", "run-2"), {{"services", {"b"}}});
    const auto state = file.now();
    CHECK(state.artifacts.size() == 2);
    CHECK(state.artifacts.at("services").value == json{"b"});
    CHECK(state.artifacts.contains("left"));
  }
  SECTION("but not by another round of the same run") {
    file.record(maker("select"), {{"services", {"b"}}});
    CHECK(file.now().artifacts.size() == 3);
  }
}

TEST_CASE("a state that was taken back is gone, the others stay", "[store]") {
  const Folder folder;
  StateFile file(folder.path);
  file.save({json::object(), maker("first")});
  file.save({json::object(), maker("second")});
  file.drop("first", "zoo.write");
  file.drop("second", "another.action");
  file.drop("nobody", "zoo.write");
  CHECK(steps_of(store::read_state(folder.path)) == std::vector<std::string>{"second"});
  CHECK(file.now().serial == 3);
}

TEST_CASE("the serial goes on when everything was taken down", "[store]") {
  const Folder folder;
  StateFile file(folder.path);
  file.clear();
  CHECK_FALSE(fs::exists(file_of(folder)));
  file.save({json::object(), maker("first")});
  file.record(maker("second"), {{"left", 1}});
  file.clear();
  CHECK(store::read_state(folder.path).is_empty());
  CHECK(store::read_state(folder.path).serial == 3);
  CHECK(file.save({json::object(), maker("first")}) == 4);
}

TEST_CASE("only the owner can read the state", "[store]") {
  const Folder folder;
  StateFile(folder.path).save({json::object(), maker("first")});
  struct stat status {};
  REQUIRE(::stat(file_of(folder).c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  REQUIRE(::stat(file_of(folder).parent_path().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
}

TEST_CASE("every damaged byte of the state is noticed", "[store]") {
  const Folder folder;
  StateFile(folder.path).save({{{"path", "a"}}, maker("first")});
  const std::string whole = text_of(file_of(folder));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string text = whole;
    text[i] = static_cast<char>(text[i] ^ 1);
    write(file_of(folder), text);
    REQUIRE(test::failure_of([&] { (void)store::read_state(folder.path); }).code == "H0708");
    write(file_of(folder), whole.substr(0, i));
    REQUIRE(test::failure_of([&] { (void)store::read_state(folder.path); }).code == "H0708");
  }
  write(file_of(folder), whole);
  CHECK(store::read_state(folder.path).serial == 1);
}

TEST_CASE("a state that is whole but makes no sense is damaged", "[store]") {
  const Folder folder;
  fs::create_directories(folder.path / "state");
  for (const char* object :
       {R"({"a":1})", R"({"format":1,"serial":"x","artifacts":{},"states":[]})",
        R"({"format":1,"serial":1,"artifacts":{"a":{}},"states":[]})",
        R"({"format":1,"serial":1,"artifacts":{},"states":[7]})"}) {
    write(file_of(folder), store::sealed(object) + "\n");
    const auto failure = test::failure_of([&] { (void)store::read_state(folder.path); });
    CHECK(failure.code == "H0708");
    CHECK_FALSE(failure.hint.empty());
  }
}

TEST_CASE("a state of a newer format is told as such, and not changed", "[store]") {
  const Folder folder;
  fs::create_directories(folder.path / "state");
  const auto text = store::sealed(R"({"format":2,"serial":5,"things":[]})") + "\n";
  write(file_of(folder), text);
  const auto failure = test::failure_of([&] { StateFile{folder.path}; });
  CHECK(failure.code == "H0709");
  CHECK(failure.message.find("format 2") != std::string::npos);
  CHECK(text_of(file_of(folder)) == text);
}

TEST_CASE("a state that cannot be read is no empty state", "[store]") {
  const Folder folder;
  SECTION("a folder in its place") { fs::create_directories(file_of(folder)); }
  SECTION("a link in its place") {
    fs::create_directories(folder.path / "state");
    fs::create_symlink("nowhere", file_of(folder));
  }
  SECTION("a file in place of its folder") { write(folder.path / "state", ""); }
  CHECK(test::failure_of([&] { (void)store::read_state(folder.path); }).code == "H0706");
}

TEST_CASE("a change that cannot be written leaves the state as it was", "[store]") {
  const Folder folder;
  StateFile file(folder.path);
  file.save({json::object(), maker("first")});
  const auto state = folder.path / "state";
  fs::rename(state, folder.path / "aside");
  write(state, "");
  CHECK(test::failure_of([&] { file.save({json::object(), maker("second")}); }).code == "H0705");
  fs::remove(state);
  fs::rename(folder.path / "aside", state);
  CHECK(steps_of(file.now()) == std::vector<std::string>{"first"});
  CHECK(file.save({json::object(), maker("third")}) == 2);
  CHECK(steps_of(store::read_state(folder.path)) == std::vector<std::string>{"first", "third"});
}

TEST_CASE("what was saved survives kill -9 right after", "[store]") {
  const Folder folder;
  const auto child = ::fork();
  if (child == 0) {
    StateFile(folder.path).save({{{"n", 1}}, maker("first")});
    ::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(steps_of(store::read_state(folder.path)) == std::vector<std::string>{"first"});
}

TEST_CASE("what a killed run left beside the state is cleaned up", "[store]") {
  const Folder folder;
  fs::create_directories(folder.path / "state");
  write(folder.path / "state/.state.json.0123456789abcdef.tmp", "half");
  StateFile{folder.path};
  CHECK(fs::is_empty(folder.path / "state"));
}

TEST_CASE("threads that save at once lose nothing", "[store]") {
  const Folder folder;
  {
    StateFile file(folder.path);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&file, t] {
        for (int i = 0; i < 10; ++i)
          file.save({{{"i", i}}, maker(("step" + std::to_string(t)).c_str())});
      });
  }
  const auto state = store::read_state(folder.path);
  CHECK(state.serial == 40);
  REQUIRE(state.states.size() == 4);
  for (const auto& saved : state.states) CHECK(saved.state == json{{"i", 9}});
}
