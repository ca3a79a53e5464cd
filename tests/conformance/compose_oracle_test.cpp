// The real tree through Compose and through Harbor. A call of Compose costs 60 ms for a few files
// and more than a minute for 600, so two calls run at a time, and what Compose said of a long list
// is kept in the build folder.
#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "merge.hpp"
#include "oracle.hpp"
#include "selection.hpp"
#include "writer.hpp"

using namespace harbor::compose;
using namespace harbor::conformance;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t long_list = 100;
constexpr std::size_t random_lists = 75;  // in each of four tests

fs::path tree_path() { return fs::path(HARBOR_CONFORMANCE) / "harbor-tree"; }

bool is_ready() {
  if (!fs::exists(tree_path())) {
    std::cout << "SKIPPED: no real tree at " << tree_path() << '\n';
    return false;
  }
  if (!has_compose()) {
    std::cout << "SKIPPED: no docker compose on PATH\n";
    return false;
  }
  return true;
}

void copy_tree(const Folder& folder) {
  fs::copy(tree_path(), folder.path(), fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    fs::permissions(entry.path(), fs::perms::owner_all, fs::perm_options::add);
  }
  folder.write(".env", "");
}

SelectionRules tree_rules() {
  SelectionRules rules;
  rules.search = {"services"};
  return rules;
}

std::vector<std::string> files_of(const Tree& tree, const std::vector<std::string>& options) {
  SelectionRequest request;
  request.services = options;
  request.allow_unknown = true;
  return select(tree, tree_rules(), request).files;
}

fs::path kept_path(const Tree& tree, const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) all += file + "\n" + tree.read(file).value_or("");
  return fs::path(HARBOR_ORACLE_CACHE) / (std::to_string(std::hash<std::string>{}(all)) + ".json");
}

/// Compose's word on a long list, asked once for the same names and contents.
std::optional<json> kept_config_of(const Folder& folder, const Tree& tree,
                                   const std::vector<std::string>& files) {
  if (files.size() < long_list) return config_of(folder.path(), files);
  const fs::path kept = kept_path(tree, files);
  if (std::ifstream in(kept); in) {
    json document = json::parse(in, nullptr, false);
    if (!document.is_discarded()) return document;
  }
  auto document = config_of(folder.path(), files);
  if (document) {
    document->erase("name");  // the name of a temporary folder
    fs::create_directories(kept.parent_path());
    const fs::path half = kept.string() + ".half";
    std::ofstream(half) << document->dump();
    fs::rename(half, kept);
  }
  return document;
}

/// Nothing where both agree.
std::string difference(const Folder& folder, const Tree& tree,
                       const std::vector<std::string>& files, std::size_t number) {
  const std::string name = "merged-" + std::to_string(number) + ".yml";
  try {
    folder.write(name, to_yaml(*merge(tree, files).root));
  } catch (const harbor::Error& error) {
    return error.code + ": " + error.message;
  }
  auto wanted = kept_config_of(folder, tree, files);
  auto got = config_of(folder.path(), {name});
  if (!wanted || !got)
    return wanted ? "Compose refuses the merged file" : "Compose refuses the list";
  wanted->erase("name");
  got->erase("name");
  const json clean = without_harbor_keys(std::move(*wanted));
  return clean == *got ? "" : json::diff(clean, *got).dump().substr(0, 2000);
}

struct Tally {
  std::size_t done = 0;
  std::vector<std::string> wrong;
};

/// Two at a time.
Tally compare(const Folder& folder, const std::vector<std::vector<std::string>>& lists) {
  const Tree tree = tree_at(folder.path());
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  Tally tally;
  auto work = [&] {
    for (std::size_t i = next++; i < lists.size(); i = next++) {
      std::string wrong = difference(folder, tree, lists[i], i);
      std::lock_guard lock(mutex);
      ++tally.done;
      if (!wrong.empty()) tally.wrong.push_back(std::to_string(i) + ": " + wrong);
    }
  };
  std::thread other(work);
  work();
  other.join();
  return tally;
}

std::vector<std::vector<std::string>> real_lists(bool is_long) {
  std::ifstream file(fs::path(HARBOR_CONFORMANCE) / "selection.json");
  std::vector<std::vector<std::string>> lists;
  const json all = json::parse(file);
  for (const auto& one : all["cases"]) {
    auto files = one["files"].get<std::vector<std::string>>();
    if ((files.size() >= long_list) == is_long) lists.push_back(std::move(files));
  }
  return lists;
}

/// Services, and now and then a capability, in any number.
std::vector<std::vector<std::string>> drawn_lists(const Tree& tree, unsigned seed) {
  std::mt19937 random(seed);
  SelectionRequest everything;
  everything.services = {"*"};
  const std::vector<std::string> names = select(tree, tree_rules(), everything).services;
  const std::vector<std::string> capabilities = tree_rules().capabilities;
  std::vector<std::vector<std::string>> lists;
  while (lists.size() < random_lists) {
    std::vector<std::string> options;
    for (std::size_t count = 1 + random() % 8; count > 0; --count)
      options.push_back(names[random() % names.size()]);
    for (std::size_t count = random() % 3; count > 0; --count)
      options.push_back(capabilities[random() % capabilities.size()]);
    lists.push_back(files_of(tree, options));
  }
  return lists;
}

/// `part` sets the tests apart that HARBOR_SEED gives one seed.
void compare_drawn(unsigned part) {
  if (!is_ready()) return;
  const Folder folder;
  copy_tree(folder);
  const char* given = std::getenv("HARBOR_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                         : std::random_device{}();
  const Tally tally = compare(folder, drawn_lists(tree_at(folder.path()), seed + part));
  std::cout << "HARBOR_SEED=" << seed << ": " << tally.done << " random selections compared\n";
  INFO("HARBOR_SEED=" << seed);
  CHECK(tally.wrong == std::vector<std::string>{});
  CHECK(tally.done == random_lists);
}

}  // namespace

TEST_CASE("Compose agrees with the real selections", "[conformance]") {
  if (!is_ready()) return;
  const Folder folder;
  copy_tree(folder);
  const auto lists = real_lists(false);
  REQUIRE(lists.size() > 100);
  const Tally tally = compare(folder, lists);
  CHECK(tally.wrong == std::vector<std::string>{});
  CHECK(tally.done == lists.size());
}

TEST_CASE("Compose agrees with the selections of every service", "[conformance]") {
  if (!is_ready()) return;
  const Folder folder;
  copy_tree(folder);
  const Tree tree = tree_at(folder.path());
  const auto lists = real_lists(true);
  REQUIRE(!lists.empty());
  // Compose takes a minute or two for each: one new list a run, all of them with
  // HARBOR_CONFORMANCE=full.
  const char* extent = std::getenv("HARBOR_CONFORMANCE");
  std::size_t to_ask = extent != nullptr && std::string(extent) == "full" ? lists.size() : 1;
  std::size_t done = 0;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const bool is_kept = fs::exists(kept_path(tree, lists[i]));
    if (!is_kept && to_ask == 0) continue;
    to_ask -= is_kept ? 0 : 1;
    CHECK(difference(folder, tree, lists[i], i) == "");
    ++done;
  }
  std::cout << done << " of " << lists.size() << " long lists compared\n";
}

// 300 of them, in four parts so that each is done soon.
TEST_CASE("Compose agrees with random selections, part 1", "[conformance]") { compare_drawn(1); }
TEST_CASE("Compose agrees with random selections, part 2", "[conformance]") { compare_drawn(2); }
TEST_CASE("Compose agrees with random selections, part 3", "[conformance]") { compare_drawn(3); }
TEST_CASE("Compose agrees with random selections, part 4", "[conformance]") { compare_drawn(4); }
