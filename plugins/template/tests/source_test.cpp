#include "source.hpp"

#include <catch2/catch.hpp>
#include <harbor/error.hpp>

#include "project.hpp"

using namespace harbor::templating;
namespace fs = std::filesystem;

TEST_CASE("patterns match as they say", "[template]") {
  const Project project;
  for (const char* file :
       {"s/web/t/a.yml", "s/web/t/b.conf", "s/web/t/d/c.yml", "s/web/t/d/e/f.yml",
        "s/web/t/.hidden", "s/web/t/.d/x.yml", "s/db/t/a.yml", "s/[x]/t/a.yml"})
    project.write(file, "");
  fs::create_directory_symlink("../..", project.folder / "s/web/t/loop");
  const auto found = [&](const std::string& pattern) {
    std::string all;
    for (const Match& match : matches_of(project.folder, pattern)) all += match.name + " ";
    return all;
  };
  CHECK(found("s/web/t/**") == "a.yml b.conf d/c.yml d/e/f.yml ");
  CHECK(found("s/web/t/*") == "a.yml b.conf ");
  CHECK(found("s/web/t/*.yml") == "a.yml ");
  CHECK(found("s/web/t/**/*.yml") == "a.yml d/c.yml d/e/f.yml ");
  CHECK(found("s/*/t/a.yml") == "[x]/t/a.yml db/t/a.yml web/t/a.yml ");
  CHECK(found("s/web/t/a.yml") == "a.yml ");
  CHECK(found("s/web/t/?.[cy]*") == "a.yml b.conf ");
  CHECK(found("s/web/t/.*") == ".hidden ");
  CHECK(found("s/web/t/.d/*") == "x.yml ");
  CHECK(found("s/web/t").empty());
  CHECK(found("no/such/**").empty());
}

TEST_CASE("endings that mark templates are dropped", "[template]") {
  CHECK(target_name("a.yml.hbs") == "a.yml");
  CHECK(target_name("a.yml.tmpl") == "a.yml");
  CHECK(target_name("d/nginx.conf.template") == "d/nginx.conf");
  CHECK(target_name("a.hbs.hbs") == "a.hbs");
  CHECK(target_name("a.yml") == "a.yml");
  CHECK(target_name(".hbs") == ".hbs");
  CHECK(target_name("d/.tmpl") == "d/.tmpl");
}

TEST_CASE("every mark is replaced, what is put in is not looked at again", "[template]") {
  CHECK(for_service("${service}/a/${service}", "web") == "web/a/web");
  CHECK(for_service("${service}", "${service}") == "${service}");
  CHECK(for_service("$service ${Service} ${service", "web") == "$service ${Service} ${service");
}

TEST_CASE("what cannot be looked at is not taken for absent", "[template]") {
  const Project project;
  project.write("s/web/t/a.yml", "");
  const auto code = [&](const std::string& pattern) -> std::string {
    try {
      static_cast<void>(matches_of(project.folder, pattern));
    } catch (const harbor::Error& error) {
      return error.code;
    }
    return "";
  };
  fs::create_symlink("loop", project.folder / "s/loop");
  for (const char* pattern : {"s/loop/t/**", "s/loop/*", "s/loop", "s/**", "s/*/t/a.yml"})
    CHECK(code(pattern) == "template.unreadable");
  CHECK(code("s/web/**").empty());
}
