#include "process/leftover.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "command_of.hpp"

namespace process = harbor::process;
using namespace std::chrono_literals;

namespace {

/// A program that waits for ever, as a run of a project would start it.
class Sleeper {
 public:
  Sleeper(const std::string& workspace, const std::string& run)
      : thread_([this, workspace, run] {
          auto command = test::make_command({"sleep", "60"});
          command.environment.emplace_back(process::workspace_variable, workspace);
          command.environment.emplace_back(process::run_variable, run);
          command.deadline = process::Clock::now() + 20s;
          done_ = process::run(command, cancellation_);
          is_over_ = true;
        }) {}
  ~Sleeper() {
    cancellation_.request(process::Cancellation::State::at_once);
    thread_.join();
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  [[nodiscard]] bool is_over() const { return is_over_; }

 private:
  process::Cancellation cancellation_;
  process::Completion done_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/// Ends what is left of a run as soon as there is something.
std::size_t end_all(const std::string& workspace, const std::string& run) {
  std::size_t count = 0;
  test::wait_until([&] { return (count = process::end_leftovers(workspace, run)) > 0; });
  return count;
}

}  // namespace

TEST_CASE("what a killed run left is ended, and nothing of another run or project", "[host]") {
  const std::string workspace = "/harbor-leftover-" + std::to_string(::getpid());
  const Sleeper killed(workspace, "killed"), other(workspace, "other"),
      elsewhere(workspace + "-2", "killed");
  CHECK(end_all(workspace, "killed") == 1);
  CHECK(test::wait_until([&] { return killed.is_over(); }));
  CHECK(process::end_leftovers(workspace, "killed") == 0);
  CHECK_FALSE(other.is_over());
  CHECK_FALSE(elsewhere.is_over());
}
