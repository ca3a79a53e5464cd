#include "host/digest_table.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "operation.hpp"
#include "system/sha256.hpp"
#include "temporary_folder.hpp"

namespace {

harbor_str str(std::string_view text) { return {text.data(), text.size()}; }

/// Makes a digest in a project; empty when the host refuses.
struct Digesting {
  std::filesystem::path workspace;
  std::uint64_t effects = HARBOR_FX_WRITE_WORKSPACE;
  std::uint32_t op = HARBOR_OP_EXECUTE;
  harbor::host::CallResult result = {};

  std::string of(const std::string& text, std::uint32_t flags = 0, bool is_secret = false) {
    test::Operation operation(workspace);
    operation.effects = effects;
    operation.setup.op = op;
    const std::string reference = operation.vault.put("TOKEN", text);
    std::string hex;
    result = operation.run([&](harbor_call* call) {
      const harbor_part part =
          is_secret ? harbor_part{{}, str(reference)} : harbor_part{str(text), {}};
      harbor_str view{};
      const auto status =
          test::table<harbor_digest>(call, HARBOR_DIGEST_ID).of(call, &part, 1, flags, &view);
      if (status == HARBOR_OK) hex.assign(view.ptr, view.len);
      return status;
    });
    return hex;
  }
  std::string of_secret(const std::string& text) { return of(text, 0, true); }
  [[nodiscard]] std::filesystem::path key() const { return workspace / "var/state/key"; }
};

}  // namespace

TEST_CASE("the digest of a plain text is its SHA-256, and needs no key", "[host]") {
  const test::TemporaryFolder folder;
  Digesting digesting{folder.path};
  CHECK(digesting.of("hello") == harbor::system::sha256("hello"));
  CHECK_FALSE(std::filesystem::exists(digesting.key()));
}

TEST_CASE("a secret is digested under a key of the project that is made once", "[host]") {
  const test::TemporaryFolder folder;
  Digesting digesting{folder.path};
  const std::string first = digesting.of_secret("swordfish");
  CHECK(first.size() == 64);
  CHECK(first != harbor::system::sha256("swordfish"));
  CHECK(digesting.of_secret("swordfish") == first);
  CHECK(digesting.of("swordfish", HARBOR_DIGEST_KEYED) == first);
  CHECK(digesting.of_secret("swordfish2") != first);
  struct stat info {};
  REQUIRE(::stat(digesting.key().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600);
}

TEST_CASE("who may only look makes no key", "[host]") {
  const test::TemporaryFolder folder;
  Digesting plan{folder.path, HARBOR_FX_WRITE_WORKSPACE, HARBOR_OP_PLAN};
  CHECK(plan.of_secret("swordfish") == plan.of_secret("swordfish"));
  Digesting reader{folder.path, HARBOR_FX_READ_WORKSPACE};
  CHECK_FALSE(reader.of_secret("swordfish").empty());
  CHECK_FALSE(std::filesystem::exists(plan.key()));
}

TEST_CASE("a key that cannot be read is no missing key", "[host]") {
  const test::TemporaryFolder folder;
  Digesting digesting{folder.path};
  std::filesystem::create_directories(digesting.key());
  CHECK(digesting.of_secret("swordfish").empty());
  CHECK(digesting.result.status == HARBOR_E_IO);
}

TEST_CASE("a secret that nobody knows has no digest", "[host]") {
  const test::TemporaryFolder folder;
  test::Operation operation(folder.path);
  const auto result = operation.run([&](harbor_call* call) {
    const harbor_part part{{}, str("s:unknown")};
    harbor_str hex{};
    return test::table<harbor_digest>(call, HARBOR_DIGEST_ID).of(call, &part, 1, 0, &hex);
  });
  CHECK(result.status == HARBOR_E_DENIED);
}
