#include "cli/dispatch.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <new>
#include <sstream>

using namespace harbor;
namespace fs = std::filesystem;

namespace {

struct Ended {
  int status;
  std::string out, err;
};

/// Runs a command in a project whose files are read by `read`.
Ended dispatch(std::vector<std::string> arguments, decltype(workflow::FileSystem::read) read,
               decltype(cli::Context::make_view) make_view = {}) {
  // Cases run side by side, each in a process of its own.
  const auto folder =
      fs::temp_directory_path() / ("harbor-dispatch-test-" + std::to_string(::getpid()));
  fs::create_directories(folder / "etc");
  std::ofstream(folder / "etc" / "harbor.yaml") << "version: 1\n";
  std::ostringstream out, err;
  cli::Context context;
  context.arguments = std::move(arguments);
  context.folder = folder;
  context.executable = folder / "bin" / "harbor";
  context.files = workflow::real_file_system();
  context.files.read = std::move(read);
  context.make_view = std::move(make_view);
  context.out = &out;
  context.err = &err;
  const int status = cli::dispatch(std::move(context));
  fs::remove_all(folder);
  return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("an exception that nobody expected is told as Harbor's mistake", "[cli]") {
  const auto ended = dispatch({"check"}, [](const fs::path&) -> std::optional<std::string> {
    throw std::runtime_error("surprise");
  });
  CHECK(ended.status == 1);
  CHECK(ended.out.empty());
  CHECK(ended.err ==
        "error[H0805]: Harbor made a mistake: surprise\n"
        "  = help: please report it with the command that led to it\n");
}

TEST_CASE("memory that runs out is told", "[cli]") {
  const auto ended =
      dispatch({"check", "--json"},
               [](const fs::path&) -> std::optional<std::string> { throw std::bad_alloc(); });
  CHECK(ended.status == 69);
  CHECK(ended.out.find("\"code\": \"H0806\"") != std::string::npos);
  CHECK(ended.out.find("out of memory") != std::string::npos);
  CHECK(ended.err.empty());
}

TEST_CASE("a command reads the descriptor once", "[cli]") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"check"}, {"deploy"}, {"plan", "--json"}, {"status"}}) {
    int reads = 0;
    const auto ended = dispatch(words, [&](const fs::path& path) {
      reads += path.filename() == "harbor.yaml";
      return workflow::real_file_system().read(path);
    });
    INFO(words.front());
    CHECK(ended.status == 0);
    CHECK(reads == (words.front() == "status" ? 0 : 1));
  }
}

TEST_CASE("options such as -C and --color count before and after the command", "[cli]") {
  const auto read = workflow::real_file_system().read;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"-C", "none", "check"},
                                                {"check", "-C", "none"},
                                                {"check", "-Cnone"}}) {
    const auto ended = dispatch(words, read);
    CHECK(ended.status == 66);
    CHECK(ended.err.find("no etc/harbor.yaml in ") != std::string::npos);
    CHECK(ended.err.find("none") != std::string::npos);
  }
  CHECK(dispatch({"--color", "pink", "check"}, read).status == 64);
  CHECK(dispatch({"check", "--color", "pink"}, read).status == 64);
}

TEST_CASE("the option --version wins over a command", "[cli]") {
  const auto ended = dispatch({"--version", "deploy"}, workflow::real_file_system().read);
  CHECK(ended.status == 0);
  CHECK(ended.out.starts_with("harbor 2."));
}

TEST_CASE("what people see of a run is made by what main() hands in", "[cli]") {
  struct Counting : report::Observer {
    explicit Counting(int& to) : count(to) {}
    void on_event(const report::Event&) override { ++count; }
    int& count;
  };
  int events = 0;
  const auto ended =
      dispatch({"deploy"}, workflow::real_file_system().read,
               [&](const report::ViewOptions&) { return std::make_unique<Counting>(events); });
  CHECK(ended.status == 0);
  CHECK(ended.err.empty());
  CHECK(events == 2);  // it begins and ends
}

TEST_CASE("a command that works prints nothing to standard error", "[cli]") {
  const auto ended = dispatch({"check"}, workflow::real_file_system().read);
  CHECK(ended.status == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out == "etc/harbor.yaml: 0 steps, no errors\n");
}
