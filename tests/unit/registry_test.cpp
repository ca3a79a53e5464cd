#include "plugin/registry.hpp"

#include <catch2/catch.hpp>
#include <iostream>

#include "plugin/cache.hpp"
#include "plugin/trust.hpp"
#include "zoo.hpp"

using namespace harbor::plugin;
using harbor::report::Diagnostic;
using harbor::report::Severity;
namespace fs = std::filesystem;

namespace {

/// A project, a plugin folder beside it, and a cache.
struct House {
  zoo::Folder folder;
  fs::path packs = folder / "packs";
  fs::path project = folder / "project";
  fs::path cache = folder / "cache/registry";

  House() {
    fs::create_directory(packs);
    fs::create_directories(project / ".harbor/plugins");
  }

  [[nodiscard]] SearchPlan plan() const {
    return {.folders = {{packs, Place::listed}, {project / ".harbor/plugins", Place::project}},
            .named = {},
            .project = project,
            .lock_file = project / "harbor.lock",
            .cache_file = cache};
  }
};

const Diagnostic& only_refusal(const Registry& registry) {
  REQUIRE(registry.refusals().size() == 1);
  return registry.refusals()[0].diagnostic;
}

std::vector<std::string> ids(const Registry& registry) {
  std::vector<std::string> list;
  for (const Pack& pack : registry.packs()) list.push_back(pack.id);
  return list;
}

/// Puts a mark into the cached description, to see later whether it was used.
void mark_cache(const fs::path& file) {
  Cache cache = read_cache(file);
  REQUIRE_FALSE(cache.empty());
  for (auto& [path, entry] : cache)
    if (auto* pack = std::get_if<Pack>(&entry.result)) pack->vendor = "from the cache";
  write_cache(file, cache);
}

}  // namespace

TEST_CASE("packs of a folder are found by name", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  zoo::put("rival", house.packs / "another.so");
  zoo::put("bad/null_entry", house.packs / ".hidden.so");
  zoo::put("bad/null_entry", house.packs / "zoo.so.bak");
  const Registry registry = discover(house.plan());
  CHECK(registry.refusals().empty());
  REQUIRE(ids(registry) == std::vector<std::string>{"org.example.rival", "org.example.zoo"});
  const Pack& pack = registry.packs()[1];
  CHECK(pack.file == house.packs / "zoo.so");
  CHECK(pack.place == Place::listed);
  CHECK(to_string(pack.place) == "listed");
  CHECK(pack.sha256.size() == 64);
  REQUIRE(registry.providers("zoo.ok").size() == 1);
  CHECK(registry.providers("zoo.ok")[0].pack == &pack);
  CHECK(registry.providers("zoo.ok")[0].action->doc == "Succeeds");
  CHECK(registry.providers("zoo.none").empty());
}

TEST_CASE("missing folders are fine", "[plugin]") {
  const House house;
  SearchPlan plan = house.plan();
  plan.folders.push_back({house.folder / "nowhere", Place::user});
  const Registry registry = discover(plan);
  CHECK(registry.packs().empty());
  CHECK(registry.refusals().empty());
}

TEST_CASE("a bad plugin does not hide the good ones", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  zoo::put("bad/wrong_major", house.packs / "future.so");
  zoo::write_bytes(house.packs / "text.so", "not a library\n");
  const Registry registry = discover(house.plan());
  CHECK(ids(registry) == std::vector<std::string>{"org.example.zoo"});
  REQUIRE(registry.refusals().size() == 2);
  const Diagnostic& future = registry.refusals()[0].diagnostic;
  CHECK(future.code == "H0305");
  CHECK(future.message == "plugin '" + (house.packs / "future.so").string() +
                              "' speaks plugin interface 2.0, this harbor 1.0");
  CHECK(future.exit == harbor::ExitStatus::plugin_refused);
  CHECK(registry.refusals()[0].file == house.packs / "future.so");
  CHECK(registry.refusals()[1].diagnostic.code == "H0303");
}

TEST_CASE("two packs may provide one action, which then needs a choice", "[plugin]") {
  const House house;
  const fs::path rival = zoo::put("rival", house.packs / "a.so");
  const fs::path zoo = zoo::put("zoo", house.packs / "b.so");
  const Registry registry = discover(house.plan());
  const std::vector<Provider> providers = registry.providers("zoo.noop");
  REQUIRE(providers.size() == 2);
  const Diagnostic error = several_providers("zoo.noop", providers);
  CHECK(error.code == "H0315");
  CHECK(error.message ==
        "action 'zoo.noop' is provided by 2 plugins, one expected: org.example.rival ('" +
            rival.string() + "'), org.example.zoo ('" + zoo.string() + "')");
  CHECK(error.hint == "choose one in the descriptor, as use: { zoo.noop: org.example.rival }");
}

TEST_CASE("of two files with one id the first is used and the other is named", "[plugin]") {
  const House house;
  const fs::path first = zoo::put("zoo", house.packs / "a.so");
  const fs::path second = zoo::put("zoo", house.packs / "b.so");
  const Registry registry = discover(house.plan());
  REQUIRE(registry.packs().size() == 1);
  CHECK(registry.packs()[0].file == first);
  const Diagnostic& warning = only_refusal(registry);
  CHECK(warning.code == "H0315");
  CHECK(warning.severity == Severity::warning);
  CHECK(warning.message == "plugin '" + second.string() + "' is not used: '" + first.string() +
                               "', which is found before it, has the same id org.example.zoo");
  CHECK(warning.hint == "remove one of the two files");
}

TEST_CASE("a link and its target are one pack", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo-1.2.so");
  fs::create_symlink("zoo-1.2.so", house.packs / "zoo.so");
  const Registry registry = discover(house.plan());
  CHECK(registry.packs().size() == 1);
  CHECK(registry.refusals().empty());
}

TEST_CASE("a pack of the project needs trust before any of its code runs", "[plugin]") {
  const House house;
  const fs::path file = zoo::put("bad/crash_constructor", house.project / ".harbor/plugins/p.so");
  const Registry registry = discover(house.plan());
  const Diagnostic& error = only_refusal(registry);
  CHECK(error.code == "H0312");
  CHECK(error.message ==
        "plugin '" + file.string() +
            "' belongs to the project and is not trusted: harbor.lock has no entry "
            "'.harbor/plugins/p.so'");
  CHECK(error.hint ==
        "if you know where it comes from, run: harbor plugin trust '.harbor/plugins/p.so'");
  CHECK(registry.refusals()[0].place == Place::project);
}

TEST_CASE("a trusted pack of the project is used until it changes", "[plugin]") {
  const House house;
  const fs::path file = zoo::put("zoo", house.project / ".harbor/plugins/zoo.so");
  (void)trust(house.project, house.project / "harbor.lock", file);
  for (int start = 0; start < 2; ++start) {  // the second one from the cache
    const Registry registry = discover(house.plan());
    REQUIRE(registry.packs().size() == 1);
    CHECK(registry.packs()[0].place == Place::project);
  }
  zoo::write_bytes(file, zoo::bytes_of(zoo::built("bad/crash_constructor")));
  CHECK(only_refusal(discover(house.plan())).code == "H0313");
}

TEST_CASE("trust that is taken back counts also for a cached pack", "[plugin]") {
  const House house;
  const fs::path file = zoo::put("zoo", house.project / ".harbor/plugins/zoo.so");
  (void)trust(house.project, house.project / "harbor.lock", file);
  REQUIRE(discover(house.plan()).packs().size() == 1);
  (void)untrust(house.project, house.project / "harbor.lock", file);
  CHECK(only_refusal(discover(house.plan())).code == "H0312");
}

TEST_CASE("the project's files need trust by whatever way they are found", "[plugin]") {
  const House house;
  SearchPlan plan = house.plan();
  const fs::path file = zoo::put("zoo", house.project / "lib/zoo.so");
  plan.folders = {{house.project / "lib", Place::listed}};
  CHECK(only_refusal(discover(plan)).code == "H0312");
  plan.folders.clear();
  plan.named = {{file, {}}};
  CHECK(only_refusal(discover(plan)).code == "H0312");
  // Built inside of the project, as when harbor itself is the project.
  plan.folders = {{house.project / "lib", Place::stock}};
  const Registry registry = discover(plan);
  REQUIRE(registry.packs().size() == 1);
  CHECK(registry.packs()[0].place == Place::stock);
}

TEST_CASE("a named file outside of the project needs trust, too", "[plugin]") {
  const House house;
  SearchPlan plan = house.plan();
  const fs::path file = zoo::put("zoo", house.folder / "elsewhere/zoo.so");
  plan.named = {{file, {"etc/harbor.yaml", 3, 5, 4}}};
  const Registry before = discover(plan);
  const Diagnostic& error = only_refusal(before);
  CHECK(error.code == "H0312");
  REQUIRE(error.labels.size() == 1);
  CHECK(error.labels[0].span.line == 3);
  CHECK(error.labels[0].text == "named here");
  (void)trust(house.project, plan.lock_file, file);
  CHECK(discover(plan).packs().size() == 1);
}

TEST_CASE("a named file that is missing is pointed at", "[plugin]") {
  const House house;
  SearchPlan plan = house.plan();
  plan.named = {{house.project / "acme.so", {"etc/harbor.yaml", 3, 5, 7}}};
  const Registry registry = discover(plan);
  const Diagnostic& error = only_refusal(registry);
  CHECK(error.code == "H0316");
  CHECK(error.message == "plugin '" + (house.project / "acme.so").string() + "' does not exist");
  CHECK(error.hint == "correct the path, or build the plugin");
  CHECK(error.labels.at(0).span == harbor::report::Span{"etc/harbor.yaml", 3, 5, 7});
}

TEST_CASE("a damaged lock file refuses the project's packs alone", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  zoo::put("rival", house.project / ".harbor/plugins/rival.so");
  zoo::write_bytes(house.project / "harbor.lock", "{");
  const Registry registry = discover(house.plan());
  CHECK(ids(registry) == std::vector<std::string>{"org.example.zoo"});
  CHECK(only_refusal(registry).code == "H0320");
}

TEST_CASE("a second start takes everything from the cache", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  const Registry first = discover(house.plan());
  CHECK((fs::status(house.cache).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  mark_cache(house.cache);
  const Registry second = discover(house.plan());
  REQUIRE(second.packs().size() == 1);
  const Pack& a = first.packs()[0];
  const Pack& b = second.packs()[0];
  CHECK(b.vendor == "from the cache");
  CHECK(a.identity == b.identity);
  CHECK(a.sha256 == b.sha256);
  REQUIRE(a.actions.size() == b.actions.size());
  for (std::size_t i = 0; i < a.actions.size(); ++i) {
    CHECK(a.actions[i].name == b.actions[i].name);
    CHECK(a.actions[i].doc == b.actions[i].doc);
    CHECK(a.actions[i].input_schema == b.actions[i].input_schema);
    CHECK(a.actions[i].output_schema == b.actions[i].output_schema);
    CHECK(a.actions[i].face.has_value() == b.actions[i].face.has_value());
    CHECK(a.actions[i].consumes.size() == b.actions[i].consumes.size());
    CHECK(a.actions[i].has_undo == b.actions[i].has_undo);
  }
  CHECK(b.failures.at(0).explanation == a.failures.at(0).explanation);
}

TEST_CASE("a file that changed is scanned again", "[plugin]") {
  const House house;
  const fs::path file = zoo::put("zoo", house.packs / "zoo.so");
  (void)discover(house.plan());
  mark_cache(house.cache);
  zoo::write_bytes(file, zoo::bytes_of(zoo::built("rival")));
  CHECK(ids(discover(house.plan())) == std::vector<std::string>{"org.example.rival"});
}

TEST_CASE("a crash is remembered until the file changes", "[plugin]") {
  const House house;
  const fs::path file = zoo::put("bad/crash_constructor", house.packs / "crash.so");
  const Diagnostic first = only_refusal(discover(house.plan()));
  CHECK(first.code == "H0309");
  CHECK(first.message ==
        "plugin '" + file.string() +
            "' crashed with SIGSEGV in its constructors when it was asked to describe itself");
  Cache cache = read_cache(house.cache);
  REQUIRE(cache.size() == 1);
  std::get<Fault>(cache.begin()->second.result).found = "is in quarantine";
  write_cache(house.cache, cache);
  CHECK(only_refusal(discover(house.plan())).message ==
        "plugin '" + file.string() + "' is in quarantine");
  fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(only_refusal(discover(house.plan())).message == first.message);
}

TEST_CASE("a stock pack that crashes is tried again by the next start", "[plugin]") {
  const House house;
  zoo::put("bad/crash_constructor", house.packs / "crash.so");
  auto plan = house.plan();
  plan.folders[0].place = Place::stock;
  const Diagnostic refused = only_refusal(discover(plan));
  CHECK(refused.code == "H0309");
  CHECK(refused.hint == "run the same command again; if that does not help, install Harbor again");
  CHECK(read_cache(house.cache).empty());
}

TEST_CASE("what the system lacks is not remembered", "[plugin]") {
  const House house;
  zoo::put("bad/missing_library", house.packs / "missing.so");
  CHECK(only_refusal(discover(house.plan())).code == "H0308");
  CHECK(read_cache(house.cache).empty());
}

TEST_CASE("a cache with any byte flipped is not used", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  (void)discover(house.plan());
  const std::string good = zoo::bytes_of(house.cache);
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    zoo::write_bytes(house.cache, bad);
    CHECK(read_cache(house.cache).empty());
  }
}

TEST_CASE("a damaged cache is ignored and written anew", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  (void)discover(house.plan());
  const std::string good = zoo::bytes_of(house.cache);
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]\n"), good.substr(0, good.size() / 2),
        good.substr(0, good.size() - 1), good + "x"}) {
    zoo::write_bytes(house.cache, bad);
    CHECK(discover(house.plan()).packs().size() == 1);
    CHECK(zoo::bytes_of(house.cache) == good);
  }
}

TEST_CASE("a cache that others can write is ignored", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  (void)discover(house.plan());
  mark_cache(house.cache);
  zoo::set_mode(house.cache, 0666);
  CHECK(discover(house.plan()).packs().at(0).vendor == "Zoo");
  CHECK((fs::status(house.cache).permissions() & fs::perms::others_write) == fs::perms::none);
}

TEST_CASE("a cache that belongs to somebody else is ignored", "[plugin]") {
  if (geteuid() != 0) {
    std::cout << "SKIPPED: only root can give files away\n";
    return;
  }
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  (void)discover(house.plan());
  mark_cache(house.cache);
  REQUIRE(chown(house.cache.c_str(), 54321, 0) == 0);
  CHECK(discover(house.plan()).packs().at(0).vendor == "Zoo");
}

TEST_CASE("a cache that cannot be written is no error", "[plugin]") {
  const House house;
  zoo::put("zoo", house.packs / "zoo.so");
  zoo::write_bytes(house.folder / "cache", "a file, where a folder is needed");
  CHECK(discover(house.plan()).packs().size() == 1);
}

TEST_CASE("the cache keeps what other projects use and forgets what is gone", "[plugin]") {
  const House house;
  const fs::path gone = zoo::put("zoo", house.packs / "zoo.so");
  const fs::path other = zoo::put("rival", house.folder / "other/rival.so");
  (void)discover(house.plan());
  SearchPlan plan = house.plan();
  plan.folders = {{other.parent_path(), Place::listed}};
  (void)discover(plan);
  CHECK(read_cache(house.cache).size() == 2);
  fs::remove(gone);
  fs::remove(other);
  zoo::put("bad/newer_minor", house.packs / "new.so");
  (void)discover(house.plan());
  CHECK(read_cache(house.cache).size() == 1);
}

TEST_CASE("the usual plan looks in the documented order", "[plugin]") {
  setenv("HARBOR_PLUGIN_PATH", "/opt/a:relative::/opt/b/", 1);
  setenv("XDG_DATA_HOME", "/home/u/data", 1);
  setenv("XDG_CACHE_HOME", "not/absolute", 1);
  setenv("HOME", "/home/u", 1);
  const SearchPlan plan = default_search("/work/site", "/opt/harbor/bin/harbor");
  std::vector<std::string> folders;
  for (const SearchPlan::Folder& folder : plan.folders)
    folders.push_back(folder.path.string() + " " + std::string(to_string(folder.place)));
  CHECK(folders == std::vector<std::string>{
                       "/opt/a listed", "/opt/b/ listed", "/work/site/.harbor/plugins project",
                       "/home/u/data/harbor/plugins user", "/opt/harbor/lib/harbor/plugins stock",
                       "/usr/local/lib/harbor/plugins system", "/usr/lib/harbor/plugins system"});
  CHECK(plan.lock_file == "/work/site/harbor.lock");
  CHECK(plan.cache_file == "/home/u/.cache/harbor/registry-v1.cache");
  CHECK(default_search("", "/usr/bin/harbor").folders.size() == 5);
  unsetenv("HARBOR_PLUGIN_PATH");
}
