#include <catch2/catch.hpp>

#include "failure_table.hpp"
#include "project.hpp"

using namespace harbor::templating;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

json own_entry() {
  return {{"from", "stacks/${service}/templates/**"}, {"to", "var/run/${service}/config/"}};
}
json one(json entry, const char* key, json value) {
  entry[key] = std::move(value);
  return json::array({entry});
}

/// "code: message" of the first error.
std::string first_error(const harbor::testing::Result& result) {
  return result.errors.empty() ? "none" : result.errors[0].code + ": " + result.errors[0].message;
}

}  // namespace

TEST_CASE("each service gets its files, with its own variables", "[template]") {
  Project project;
  project.write("stacks/web/templates/app.yml.hbs",
                "{{NAME}} {{service}} {{PORT}} {{join services}}");
  project.write("stacks/web/templates/conf.d/a.conf", "plain");
  project.write("stacks/db/templates/db.tmpl", "{{NAME}}");
  project.input["serviceEnv"] = {{"db", {{"NAME", "own"}}}};
  project.input["interpolation"] = {{"values", {{"extra", {{"PORT", 8080}}}}}};
  const auto result = project.render(json::array({own_entry()}));
  INFO(to_string(result));
  REQUIRE(result.status == HARBOR_OK);
  CHECK(project.text("web/config/app.yml") == "all web 8080 web,db");
  CHECK(project.text("web/config/conf.d/a.conf") == "plain");
  CHECK(project.text("db/config/db") == "own");
  json configs = result.output["configs"];
  for (json& config : configs) {
    CHECK(config["digest"].get<std::string>().size() == 64);
    config.erase("digest");
  }
  CHECK(
      configs ==
      json{{{"service", "db"}, {"path", "var/run/db/config/db"}, {"secret", false}},
           {{"service", "web"}, {"path", "var/run/web/config/app.yml"}, {"secret", false}},
           {{"service", "web"}, {"path", "var/run/web/config/conf.d/a.conf"}, {"secret", false}}});
  CHECK(project.host.files.at("db/config/db").mode == 0600);
  CHECK(project.render(json::array({own_entry()})).status == HARBOR_UNCHANGED);
}

TEST_CASE("envsubst replaces with Compose's operators, or only some names", "[template]") {
  Project project;
  project.write("etc/a.conf", "${NAME} ${NO:-x} $$ ${service}");
  json entry = {
      {"from", "etc/*.conf"}, {"to", "var/run/etc"}, {"engine", "envsubst"}, {"strict", false}};
  REQUIRE(project.render(json::array({entry})).ok());
  CHECK(project.text("etc/a.conf") == "all x $ ");
  project.write("etc/a.conf", "${NAME} ${OTHER} $host");
  REQUIRE(project.render(one(entry, "only", {"NAME"})).ok());
  CHECK(project.text("etc/a.conf") == "all ${OTHER} $host");
}

TEST_CASE("the language and its values come from prepare.interpolation", "[template]") {
  Project project;
  project.write("a", "${NAME:-none} ${KEPT:-none} {{NAME}}");
  project.input["env"] = {{"NAME", "n"}, {"KEPT", "k"}};
  project.input["interpolation"] = {{"engine", "envsubst"}, {"values", {{"fromEnv", {"KEPT"}}}}};
  const json entry = {{"from", "a"}, {"to", "var/run/x"}};
  REQUIRE(project.render(json::array({entry})).ok());
  CHECK(project.text("x/a") == "none k {{NAME}}");
  project.input["interpolation"]["values"]["fromEnv"] = false;
  REQUIRE(project.render(json::array({entry})).ok());
  CHECK(project.text("x/a") == "none none {{NAME}}");
  project.input["interpolation"]["values"]["extra"] = {{"services", 1}};
  CHECK(first_error(project.render(json::array({entry}))) ==
        "template.bad_value: 'services' under `extra` is a name of Harbor's own");
}

TEST_CASE("only HTML and XML are escaped unless the entry says otherwise", "[template]") {
  Project project;
  project.input["env"] = {{"X", "<&>"}};
  for (const char* name : {"a.yml", "a.json", "a.html.hbs", "a.xml", "a.txt"})
    project.write(std::string("t/") + name, "{{X}}");
  const json entry = {{"from", "t/*"}, {"to", "var/run/t"}};
  REQUIRE(project.render(json::array({entry})).ok());
  for (const char* name : {"a.yml", "a.json", "a.txt"})
    CHECK(project.text(std::string("t/") + name) == "<&>");
  for (const char* name : {"a.html", "a.xml"})
    CHECK(project.text(std::string("t/") + name) == "&lt;&amp;&gt;");
  REQUIRE(project.render(one(entry, "noEscape", true)).ok());
  CHECK(project.text("t/a.html") == "<&>");
}

TEST_CASE("modes are octal digits", "[template]") {
  Project project;
  project.write("a", "a");
  const json entry = {{"from", "a"}, {"to", "var/run/x"}};
  for (const json& mode : {json("0644"), json("644"), json(644)}) {
    REQUIRE(project.render(one(entry, "mode", mode)).ok());
    CHECK(project.host.files.at("x/a").mode == 0644);
  }
  for (const json& mode : {json("4755"), json("rw"), json(888), json(""), json(-1), json("00644")})
    CHECK_THAT(first_error(project.render(one(entry, "mode", mode))),
               Contains("template.bad_mode: "));
}

TEST_CASE("a file with a secret in it is known as such", "[template]") {
  Project project;
  const json token = project.host.secret("swordfish");
  project.input["env"] = {{"TOKEN", token}, {"NAME", "n"}};
  project.input["interpolation"] = {{"values", {{"extra", {{"db", {{"password", token}}}}}}}};
  project.write("t/direct", "{{TOKEN}}");
  project.write("t/nested", "{{db.password}}");
  project.write("t/helper", "{{upper TOKEN}}");
  project.write("t/all", "{{#each env}}{{@key}}={{.}} {{/each}}");
  project.write("t/none", "{{NAME}}");
  project.write("t/root", "{{#with @root}}{{TOKEN}}{{/with}}");
  const auto result = project.render({{{"from", "t/*"}, {"to", "var/run/t"}}});
  INFO(to_string(result));
  REQUIRE(result.ok());
  CHECK(project.text("t/direct") == "swordfish");
  CHECK(project.text("t/nested") == "swordfish");
  CHECK(project.text("t/helper") == "SWORDFISH");
  CHECK(project.text("t/all") == "NAME=n TOKEN=swordfish ");
  for (const json& config : result.output["configs"]) {
    INFO(config.dump());
    CHECK(config["secret"] == (config["path"] != "var/run/t/none"));
  }
  CHECK(project.host.secrets_put ==
        std::vector<std::pair<std::string, std::string>>{{"a rendered secret", "SWORDFISH"}});
}

TEST_CASE("a file with a secret is its owner's alone, whatever the entry's mode", "[template]") {
  Project project;
  project.input["env"] = {{"NAME", "n"}, {"TOKEN", project.host.secret("swordfish")}};
  project.write("t/secret", "{{TOKEN}}");
  project.write("t/plain", "{{NAME}}");
  REQUIRE(project.render({{{"from", "t/*"}, {"to", "var/run/t"}, {"mode", "0755"}}}).ok());
  CHECK(project.host.files.at("t/secret").mode == 0700);
  CHECK(project.host.files.at("t/plain").mode == 0755);
}

TEST_CASE("envsubst and markup know secrets, too", "[template]") {
  Project project;
  project.input["env"] = {{"TOKEN", project.host.secret("a<b>c&d")}};
  project.write("t/a.conf", "${TOKEN}");
  project.write("t/b.conf", "${OTHER:-x}");
  const auto result =
      project.render({{{"from", "t/*"}, {"to", "var/run/t"}, {"engine", "envsubst"}}});
  REQUIRE(result.ok());
  CHECK(result.output["configs"][0]["secret"] == true);
  CHECK(result.output["configs"][1]["secret"] == false);
  project.write("h/a.html", "{{TOKEN}}");
  REQUIRE(project.render({{{"from", "h/*"}, {"to", "var/run/h"}}}).ok());
  CHECK(project.host.secrets_put.at(0).second == "a&lt;b&gt;c&amp;d");
}

TEST_CASE("a plan shows what would change, and no secret", "[template]") {
  Project project;
  project.input["env"] = {{"TOKEN", project.host.secret("swordfish")}, {"NAME", "n"}};
  project.write("t/a", "one\n{{NAME}}\n");
  project.write("t/b", "token {{upper TOKEN}}\n");
  project.write("t/c", "gone");
  const json entries = {{{"from", "t/*"}, {"to", "var/run/t"}}};
  auto plan = project.plan(entries);
  REQUIRE(plan.output["changes"].size() == 3);
  CHECK(plan.output["changes"][1]["diff"] ==
        "--- /dev/null\n+++ var/run/t/b\n@@ -0,0 +1 @@\n+token ******\n");
  CHECK(plan.output["outputs"]["configs"].size() == 3);
  CHECK(project.host.files.empty());
  REQUIRE(project.render(entries).ok());
  CHECK(project.plan(entries).output["changes"] == json::array());

  // Another token: the old one is not in the vault any more.
  harbor::testing::Host next;
  next.workspace = project.host.workspace;
  next.run_dir = project.host.run_dir;
  next.files = project.host.files;
  project.input["env"] = {{"TOKEN", next.secret("another")}, {"NAME", "m"}};
  project.write("t/b", "token {{TOKEN}}\n");
  fs::remove(project.folder / "t/c");
  project.input["templates"] = entries;
  plan = next.plan(render_action, project.input);
  const json& changes = plan.output["changes"];
  REQUIRE(changes.size() == 3);
  CHECK(changes[0] ==
        json{{"op", "update"},
             {"target", "var/run/t/a"},
             {"diff", "--- var/run/t/a\n+++ var/run/t/a\n@@ -1,2 +1,2 @@\n one\n-n\n+m\n"}});
  CHECK(changes[1]["diff"] ==
        "--- var/run/t/b\n+++ var/run/t/b\n@@ -1 +1 @@\n-******\n+token ******\n");
  CHECK(changes[2]["op"] == "delete");
  CHECK(changes[2]["diff"].get<std::string>().find("-gone") != std::string::npos);
}

TEST_CASE("a plan hides what templates make of secrets, in every language", "[template]") {
  Project project;
  project.input["env"] = {{"TOKEN", project.host.secret("sw\"ordfish")}, {"NAME", "n"}};
  project.input["mounted"] =
      json::array({{{"service", "web"}, {"from", "m/a"}, {"to", "var/run/m"}, {"name", "a"}}});
  project.write("t/a", "one\n{{json (json TOKEN)}}\n{{upper (json TOKEN)}}\n{{NAME}}\n");
  project.write("s/a", "two ${TOKEN:+${TOKEN}!}\n");
  project.write("m/a", "three $TOKEN\n");
  const json entries = {{{"from", "t/*"}, {"to", "var/run/t"}},
                        {{"from", "s/*"}, {"to", "var/run/s"}, {"engine", "envsubst"}}};
  auto changes = project.plan(entries).output["changes"];
  REQUIRE(changes.size() == 3);
  CHECK(changes[0]["diff"].get<std::string>().ends_with("+three ******\n"));
  CHECK(changes[1]["diff"].get<std::string>().ends_with("+two ******!\n"));
  CHECK(changes[2]["diff"].get<std::string>().ends_with("+one\n+******\n+******\n+n\n"));

  // Lines that stay are not told as changed, although the host hides them in another way.
  REQUIRE(project.render(entries).ok());
  project.write("t/a", "one\n{{json (json TOKEN)}}\n{{upper (json TOKEN)}}\nnew\n");
  changes = project.plan(entries).output["changes"];
  REQUIRE(changes.size() == 1);
  CHECK(changes[0]["diff"].get<std::string>().ends_with(
      "@@ -1,4 +1,4 @@\n one\n ******\n ******\n-******\n+new\n"));
}

TEST_CASE("a file with a secret is for the user of its service", "[template]") {
  Project project;
  project.input["env"] = {{"TOKEN", project.host.secret("swordfish")}, {"NAME", "n"}};
  project.input["users"] = {{"web", 1000}};
  for (const char* service : {"web", "db"}) {
    project.write("stacks/" + std::string(service) + "/templates/a", "{{TOKEN}}");
    project.write("stacks/" + std::string(service) + "/templates/b", "{{NAME}}");
  }
  json entry = own_entry();
  entry["mode"] = "0644";
  REQUIRE(
      project.render({entry, {{"from", "stacks/web/templates/a"}, {"to", "var/run/all"}}}).ok());
  const auto& files = project.host.files;
  CHECK(files.at("web/config/a").owner == 1000);
  CHECK(files.at("web/config/a").mode == 0600);
  CHECK(files.at("web/config/b").owner == 0);
  CHECK(files.at("web/config/b").mode == 0644);
  CHECK(files.at("db/config/a").owner == 0);
  CHECK(files.at("all/a").owner == 0);
}

TEST_CASE("files of a vanished template, folders of a vanished entry disappear", "[template]") {
  Project project;
  project.write("stacks/web/templates/a", "a");
  project.write("stacks/web/templates/b", "b");
  project.write("stacks/db/templates/c", "c");
  project.write("etc/d", "d");
  REQUIRE(project.render({own_entry(), {{"from", "etc/d"}, {"to", "var/run/etc"}}}).ok());
  fs::remove(project.folder / "stacks/web/templates/b");
  project.input["services"] = {"web"};
  REQUIRE(project.render({own_entry()}).status == HARBOR_OK);
  CHECK(project.text("web/config/a") == "a");
  CHECK(project.text("web/config/b") == "(none)");
  CHECK(project.text("etc/d") == "(none)");
  CHECK(project.text("db/config/c") == "c");  // db may still run
}

TEST_CASE("undo removes what was rendered, and nothing else", "[template]") {
  Project project;
  project.write("stacks/web/templates/a", "a");
  project.host.files["other"] = {"kept"};
  REQUIRE(project.render({own_entry()}).ok());
  REQUIRE(project.text("web/config/a") == "a");
  const auto undo = [&] {
    return project.host.run(render_action, json::object(), HARBOR_OP_UNDO).status;
  };
  CHECK(undo() == HARBOR_OK);
  CHECK(project.host.files.size() == 1);
  CHECK(project.text("other") == "kept");
  std::filesystem::remove_all(project.folder / "var");
  CHECK(undo() == HARBOR_UNCHANGED);
}

TEST_CASE("a step that renders nothing has nothing to undo", "[template]") {
  Project project;
  REQUIRE(project.render(json::array()).ok());
  CHECK(project.host.states.empty());
}

TEST_CASE("folders within folders are one tree", "[template]") {
  Project project;
  project.write("a/x", "x");
  project.write("b/y", "y");
  const json entries = {{{"from", "b/*"}, {"to", "var/run/t/inner"}},
                        {{"from", "a/*"}, {"to", "var/run/t"}}};
  REQUIRE(project.render(entries).status == HARBOR_OK);
  CHECK(project.text("t/x") == "x");
  CHECK(project.text("t/inner/y") == "y");
  CHECK(project.render(entries).status == HARBOR_UNCHANGED);
}

TEST_CASE("what leads out is refused and nothing is written", "[template]") {
  Project project;
  project.write("a", "a");
  const auto from = [&](const std::string& path) {
    return first_error(project.render({{{"from", path}, {"to", "var/run/x"}}}));
  };
  const auto to = [&](const std::string& path) {
    return first_error(project.render({{{"from", "a"}, {"to", path}}}));
  };
  for (const char* path : {"/etc/passwd", "../a", "x/../../a", "a//b", "./a", "a/.", "/"})
    CHECK(from(path) ==
          "template.outside: '" + std::string(path) + "' is not a path in the project");
  for (const char* path :
       {"/etc", "var/run", "var/run/", "var/run/../x", "var/run/a/../../x", "etc", "var", "../x",
        "var/running/x", "var/run//x", "var/run/./x", "./var/run/x", "~/x"})
    CHECK(to(path) ==
          "template.outside: '" + std::string(path) + "' is not a folder beneath var/run/");
  for (const char* service : {"../x", "..", "", "a/b", "/", "a b", "$x"}) {
    project.input["services"] = {service};
    CHECK(first_error(project.render({own_entry()})) ==
          "template.outside: '" + std::string(service) + "' cannot be a service");
  }
  CHECK(project.host.files.empty());
}

TEST_CASE("links are followed within the project alone", "[template]") {
  Project project;
  project.write("a", "inside");
  fs::create_directories(project.folder / "t");
  fs::create_symlink("../a", project.folder / "t/inner");
  REQUIRE(project.render({{{"from", "t/*"}, {"to", "var/run/t"}}}).ok());
  CHECK(project.text("t/inner") == "inside");
  fs::create_symlink("/etc/hostname", project.folder / "t/outer");
  CHECK(first_error(project.render({{{"from", "t/*"}, {"to", "var/run/t"}}})) ==
        "template.outside: the template t/outer is a link that leads out of the project");
}

TEST_CASE("failures have their place, and all are told", "[template]") {
  Project project;
  project.write("t/a.yml", "x: 1\ny: {{ MISSING }}\n");
  project.write("t/b.yml", "{{#if}}");
  project.write("t/c.yml", "{{");
  const auto result = project.render({{{"from", "t/*"}, {"to", "var/run/t"}}});
  REQUIRE(result.errors.size() == 3);
  CHECK(result.status == HARBOR_E_INPUT);
  CHECK(first_error(result) == "template.missing_variable: 'MISSING' is not set");
  CHECK(result.errors[0].detail["labels"][0]["file"] == "t/a.yml");
  CHECK(result.errors[0].detail["labels"][0]["line"] == 2);
  CHECK(result.errors[0].detail["labels"][0]["column"] == 7);
  CHECK(result.errors[1].code == "template.bad_argument");
  CHECK(result.errors[2].code == "template.syntax");
  CHECK(project.host.files.empty());
  CHECK(project.render({{{"from", "t/a.yml"}, {"to", "var/run/t"}, {"strict", false}}}).ok());
  CHECK(project.text("t/a.yml") == "x: 1\ny: \n");
}

TEST_CASE("two templates of one target are a failure", "[template]") {
  Project project;
  project.write("t/a", "1");
  project.write("t/a.hbs", "2");
  CHECK(first_error(project.render({{{"from", "t/*"}, {"to", "var/run/t"}}})) ==
        "template.collision: t/a.hbs and t/a both render to t/a");
}

TEST_CASE("where templates are optional, no match is none", "[template]") {
  Project project;
  auto entry = own_entry();
  entry["optional"] = true;
  const auto rendered = project.render({entry});
  CHECK(rendered.ok());
  CHECK(rendered.warnings.empty());
}

TEST_CASE("no match is a warning", "[template]") {
  Project project;
  const auto result = project.render({own_entry(), {{"from", "x/*"}, {"to", "var/run/x"}}});
  CHECK(result.ok());
  REQUIRE(result.warnings.size() == 2);
  CHECK(result.warnings[1].code == "template.no_match");
  CHECK(result.warnings[1].message == "no template matches 'x/*'");
  CHECK(result.warnings[1].pointer == "/templates/1/from");
}

TEST_CASE("a template that is too large is refused", "[template]") {
  Project project;
  project.write("a", std::string(5 << 20, 'x'));
  CHECK(first_error(project.render({{{"from", "a"}, {"to", "var/run/x"}}})) ==
        "template.too_large: the template a is larger than 4 MiB");
}

TEST_CASE("a host that refuses is not talked over", "[template]") {
  Project project;
  project.write("a", "a");
  project.host.refuse("replace_tree", HARBOR_E_IO);
  CHECK(project.render({{{"from", "a"}, {"to", "var/run/x"}}}).status == HARBOR_E_IO);
}

TEST_CASE("cancelled at any moment it stops", "[template]") {
  Project project;
  project.write("a", "a");
  project.host.cancel_at(1);
  CHECK(project.render({{{"from", "a"}, {"to", "var/run/x"}}}).status == HARBOR_E_CANCELLED);
  CHECK(project.host.files.empty());
}

TEST_CASE("every failure is explained", "[template]") {
  const std::string codes[] = {
      "template.syntax",        "template.unsupported", "template.unknown_helper",
      "template.bad_argument",  "template.not_text",    "template.too_deep",
      "template.too_much_work", "template.too_large",   "template.missing_variable",
      "template.outside",       "template.collision",   "template.no_match",
      "template.bad_value",     "template.bad_mode",    "template.unreadable"};
  CHECK(failure_table.size() == std::size(codes));
  for (const std::string& code : codes) {
    INFO(code);
    CHECK(std::any_of(failure_table.begin(), failure_table.end(),
                      [&](const auto& failure) { return failure.code == code; }));
  }
}

TEST_CASE("files that a compose file mounts are rendered beside the others", "[template]") {
  Project project;
  project.write("web/a.json", "{\"$schema\": \"^$\", \"name\": \"${NAME}\", \"no\": \"${NO}\"}");
  project.write("stacks/web/templates/own.conf", "own");
  const json mounted = {{"service", "web"},
                        {"from", "web/a.json"},
                        {"to", "var/run/web/config"},
                        {"name", "app/a.json"}};
  project.input["mounted"] = json::array({mounted});
  const auto result = project.render(json::array({own_entry()}));
  INFO(to_string(result));
  REQUIRE(result.status == HARBOR_OK);
  CHECK(project.text("web/config/app/a.json") == "{\"\": \"^$\", \"name\": \"all\", \"no\": \"\"}");
  CHECK(project.text("web/config/own.conf") == "own");
  CHECK(project.host.files.at("web/config/app/a.json").mode == 0644);
  CHECK(project.render(json::array({own_entry()})).status == HARBOR_UNCHANGED);

  project.input["env"]["TOKEN"] = project.host.secret("s3cr3t-value");
  project.write("web/a.json", "$TOKEN");
  const auto secret = project.render(json::array());
  CHECK(project.host.files.at("web/config/app/a.json").mode == 0600);
  CHECK(secret.output["configs"][0]["secret"] == true);

  project.input["mounted"][0]["from"] = "web/none.json";
  CHECK_THAT(first_error(project.render(json::array())),
             Contains("template.unreadable: the template web/none.json cannot be read"));
  project.input["mounted"][0]["from"] = "../a.json";
  CHECK(project.render(json::array()).errors.size() == 1);
}

TEST_CASE("without the environment a check tells whether templates are templates", "[template]") {
  Project project;
  project.write("stacks/web/templates/a", "{{TOKEN}}");
  project.write("stacks/web/templates/b", "{{#if}}");
  project.write("stacks/web/templates/c", "{{#each}}");
  json input = project.input;
  input["templates"] = {own_entry()};
  input.erase("env");
  const auto result = project.host.check(render_action, input, true);
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[0].detail["labels"][0]["file"] == "stacks/web/templates/b");
  CHECK(result.errors[1].detail["labels"][0]["file"] == "stacks/web/templates/c");
}
