#include "host/spawn_request.hpp"

#include <catch2/catch.hpp>

#include "process/line.hpp"
#include "report/code_secret.hpp"

using namespace harbor;

namespace {

/// A host whose processes print what the test says, and are not started.
struct Host {
  secret::Vault vault;
  process::Cancellation cancellation;
  host::Services services;
  host::CallSetup setup;
  std::vector<std::string> shown;
  std::vector<std::string> printed;

  Host() {
    services.vault = &vault;
    services.cancellation = &cancellation;
    services.public_words = {"/srv/admin-site-7"};
    services.run_process = [this](const process::Command& command, const process::Cancellation&) {
      process::LineSplitter lines;
      const auto take = [&](std::string_view line) { command.on_line(1, line); };
      for (const std::string& text : printed) lines.feed(text, take);
      lines.finish(take);
      return process::Completion{};
    };
    setup.output_line = [this](int, std::string line) { shown.push_back(std::move(line)); };
    setup.workspace = "/srv/admin-site-7";
  }

  host::SpawnOutcome spawn(const std::vector<std::string>& words) {
    std::vector<harbor_str> argv;
    for (const auto& word : words) argv.push_back({word.data(), word.size()});
    harbor_spawn request{};
    request.struct_size = sizeof request;
    request.argv = argv.data();
    request.argc = argv.size();
    return host::serve_spawn(services, setup, {HARBOR_FX_EXEC, HARBOR_OP_EXECUTE, false}, request);
  }
};

}  // namespace

TEST_CASE("a refused argument is named, and so is the secret", "[host]") {
  Host host;
  (void)host.vault.put("TOKEN", "correct-horse-9");
  (void)host.vault.put("OTHER", "something-else-9");
  const auto outcome = host.spawn({"tool", "--quiet", "--password=correct-horse-9"});
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->code == report::code::secret_on_command_line);
  CHECK(outcome.failure->message ==
        "the secret TOKEN would be on the command line of 'tool', in argument 2, "
        "'--password=******'");
}

TEST_CASE("a secret that is a word, or stands in the project's path, blocks no process", "[host]") {
  Host host;
  (void)host.vault.put("ADMIN", "admin");
  (void)host.vault.put("LOG", "plain");
  (void)host.vault.put("SITE", "admin-site-7");
  CHECK_FALSE(host.spawn({"tool", "--progress", "plain", "--folder", "/srv/admin-site-7"}).failure);
  CHECK_FALSE(host.spawn({"tool", "--project-name", "admin-site-7", "--user=admin"}).failure);
  (void)host.vault.put("PIN", "483920");
  CHECK(host.spawn({"tool", "--pin", "483920"}).failure);
}

TEST_CASE("a secret across the cut of a line that is too long is masked", "[host]") {
  Host host;
  (void)host.vault.put("TOKEN", "correct-horse-9");
  const std::string before(process::LineSplitter::longest - 7, 'x');
  host.printed = {before + "correct-horse-9" + "yy\nnext\n"};
  REQUIRE_FALSE(host.spawn({"tool"}).failure);
  std::string all;
  for (const auto& line : host.shown) all += line + "|";
  CHECK(all == before + "******yy|next|");
}
