#include "secret/vault.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

using harbor::secret::Vault;

namespace {

std::string value_of(const Vault& vault, const std::string& reference) {
  std::string value;
  REQUIRE(vault.with(reference, [&](std::string_view view) { value = view; }));
  return value;
}

/// Runs `work` in a child, since it changes the process for good. The child's exit code, -1 for a
/// signal.
template <class Work>
int run_apart(const Work& work) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(work());
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// What the kernel says about the mapping that `address` stands in: the line "VmFlags" of
/// /proc/self/smaps.
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool is_inside = false;
  for (std::string line; std::getline(maps, line);) {
    char* rest = nullptr;  // "BEGIN-END ..." begins a mapping
    const auto begin = std::strtoul(line.c_str(), &rest, 16);
    if (*rest == '-') is_inside = begin <= wanted && wanted < std::strtoul(rest + 1, nullptr, 16);
    if (is_inside && line.rfind("VmFlags:", 0) == 0) return line + " ";
  }
  return {};
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// The sanitizers of gcc replace mlock() by nothing.
bool can_lock() {
  if (is_sanitized) WARN("SKIPPED: under a sanitizer memory cannot be locked");
  return !is_sanitized;
}

}  // namespace

TEST_CASE("a vault gives back what was put, by a reference that says nothing", "[host]") {
  Vault vault;
  const std::string reference = vault.put("DB_PASSWORD", "hunter2-hunter2");
  CHECK(reference.size() == 34);
  CHECK(reference.substr(0, 2) == "s:");
  CHECK(reference.find_first_not_of("0123456789abcdef", 2) == std::string::npos);
  CHECK(value_of(vault, reference) == "hunter2-hunter2");
  CHECK(vault.name_of(reference) == "DB_PASSWORD");
  CHECK(vault.size() == 1);
}

TEST_CASE("values may be empty, binary and larger than a page", "[host]") {
  Vault vault;
  const std::string binary("\0\xFF\n\0x", 5);
  const std::string large(200'000, 'k');
  CHECK(value_of(vault, vault.put("EMPTY", "")).empty());
  CHECK(value_of(vault, vault.put("BINARY", binary)) == binary);
  const std::string reference = vault.put("SMALL", "small");
  CHECK(value_of(vault, vault.put("LARGE", large)) == large);
  CHECK(value_of(vault, reference) == "small");
}

TEST_CASE("the same name and value share a reference, others do not", "[host]") {
  Vault vault;
  const std::string first = vault.put("A", "value-1");
  CHECK(vault.put("A", "value-1") == first);
  CHECK(vault.put("B", "value-1") != first);
  CHECK(vault.put("A", "value-2") != first);
  CHECK(vault.size() == 3);
}

TEST_CASE("an unknown reference is refused", "[host]") {
  Vault vault;
  const std::string reference = vault.put("A", "value-1");
  bool is_called = false;
  CHECK_FALSE(vault.with("s:0", [&](std::string_view) { is_called = true; }));
  CHECK_FALSE(Vault{}.with(reference, [&](std::string_view) { is_called = true; }));
  CHECK_FALSE(vault.name_of("value-1").has_value());
  CHECK_FALSE(is_called);
}

TEST_CASE("a value is masked as soon as it is put", "[host]") {
  Vault vault;
  const harbor::secret::Masker masker = vault.masker();
  const std::string reference = vault.put("A", "correct horse");
  CHECK(masker.apply("a correct horse " + reference) == "a ****** " + reference);
}

TEST_CASE("one secret may be put while another is in use", "[host]") {
  Vault vault;
  const std::string first = vault.put("A", "value-1");
  std::string second;
  vault.with(first, [&](std::string_view value) {
    second = vault.put("B", std::string(value) + "-derived");
  });
  CHECK(value_of(vault, second) == "value-1-derived");
}

TEST_CASE("many threads may use one vault", "[host]") {
  Vault vault;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string value = "value-" + std::to_string(i);
        const std::string reference = vault.put("name-" + std::to_string(t % 4), value);
        if (!vault.with(reference, [&](std::string_view view) { wrong += view == value ? 0 : 1; }))
          ++wrong;
        if (vault.masker().apply(value) != "******") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(vault.size() == 200);
}

TEST_CASE("values stand in memory that is locked and left out of core dumps", "[host]") {
  if (!can_lock()) return;
  Vault vault;
  std::string flags;
  vault.with(vault.put("A", "value-1"),
             [&](std::string_view value) { flags = flags_of(value.data()); });
  if (flags.empty()) {
    WARN("SKIPPED: this kernel has no VmFlags in /proc/self/smaps");
    return;
  }
  CHECK(flags.find(" dd ") != std::string::npos);
  CHECK((flags.find(" lo ") != std::string::npos) == vault.is_locked());
}

TEST_CASE("a vault works without locked memory and says so", "[host]") {
  if (!can_lock()) return;
  const int code = run_apart([] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    // Root may lock without limit.
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return 2;
    Vault vault;
    const std::string reference = vault.put("A", "value-1");
    bool is_right = false;
    vault.with(reference, [&](std::string_view value) { is_right = value == "value-1"; });
    return is_right && !vault.is_locked() ? 0 : 1;
  });
  CHECK(code == 0);
}

TEST_CASE("after forbidding them an abort leaves no core dump", "[host]") {
  char folder[] = "/tmp/harbor-vault-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::chdir(folder) != 0) ::_exit(2);
    const rlimit plenty{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_CORE, &plenty);
    harbor::secret::forbid_core_dumps();
    ::signal(SIGABRT, SIG_DFL);
    ::abort();
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK_FALSE(WCOREDUMP(status));
  CHECK(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST_CASE("after forbidding them others cannot look into the process", "[host]") {
  const int code = run_apart([] {
    harbor::secret::forbid_core_dumps();
    rlimit core{1, 1};
    ::getrlimit(RLIMIT_CORE, &core);
    struct stat info {};
    const std::string file = "/proc/" + std::to_string(::getpid()) + "/environ";
    if (::stat(file.c_str(), &info) != 0) return 3;
    const bool is_roots = info.st_uid == 0;
    return ::prctl(PR_GET_DUMPABLE) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 && is_roots
               ? 0
               : 1;
  });
  CHECK(code == 0);
}
