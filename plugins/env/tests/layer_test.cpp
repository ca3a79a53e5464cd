#include "layer.hpp"

#include <catch2/catch.hpp>

#include "reading.hpp"

using namespace harbor;
using namespace harbor::env;

namespace {

Layer file(LayerType type, std::string name, std::string text, std::string service = {}) {
  Layer layer;
  layer.type = type;
  layer.file = std::move(name);
  layer.service = std::move(service);
  layer.text = std::move(text);
  return layer;
}

Layer entry(LayerType type, std::string name, Entry value) {
  Layer layer;
  layer.type = type;
  layer.file = std::move(name);
  layer.entries.push_back(std::move(value));
  return layer;
}

std::string value(const Environment& environment, std::string_view key) {
  const auto found = environment.find(key);
  return found == environment.end() ? "(unset)" : found->second.back().value;
}

const std::vector<Layer> one_of_each = {
    entry(LayerType::host, "", {"A", "host"}),
    entry(LayerType::sops, "secrets.sops.env", {"A", "sops", 4, 1}),
    file(LayerType::secrets, "override.secrets.env", "A=secrets\n"),
    entry(LayerType::native, "harbor.yaml", {"A", "native", 12, 7}),
    file(LayerType::dotenv, ".env.local", "\nA=dotenv\n"),
    file(LayerType::service, "stacks/web/service.env", "A=service\n", "web"),
    file(LayerType::site, "etc/site.env", "# c\nA=site\n"),
    file(LayerType::sys, "etc/sys.env", "A=sys\n"),
};

}  // namespace

TEST_CASE("layers are laid over one another by type, whatever their order", "[env]") {
  std::vector<Layer> layers = one_of_each;
  const char* names[] = {"host", "sops", "secrets", "native", "dotenv", "service", "site", "sys"};
  for (const char* name : names) {
    CHECK(value(environment_of(merge(layers, test::expand), "web"), "A") == name);
    layers.erase(layers.begin());
  }
  CHECK(merge(layers, test::expand).shared.empty());
}

TEST_CASE("a value knows the whole chain that led to it", "[env]") {
  const Environment web = environment_of(merge(one_of_each, test::expand), "web");
  const Chain& chain = web.at("A");
  REQUIRE(chain.size() == 8);
  const auto place = [](const Origin& origin) {
    return std::string(name_of(origin.layer)) + " " + origin.file + ":" +
           std::to_string(origin.line) + ":" + std::to_string(origin.column) + " " + origin.value +
           (origin.is_overridden ? " -" : "");
  };
  CHECK(place(chain[0]) == "sys etc/sys.env:1:1 sys -");
  CHECK(place(chain[1]) == "site etc/site.env:2:1 site -");
  CHECK(place(chain[2]) == "service stacks/web/service.env:1:1 service -");
  CHECK(chain[2].service == "web");
  CHECK(place(chain[3]) == "dotenv .env.local:2:1 dotenv -");
  CHECK(place(chain[4]) == "native harbor.yaml:12:7 native -");
  CHECK(place(chain[5]) == "secrets override.secrets.env:1:1 secrets -");
  CHECK(place(chain[6]) == "sops secrets.sops.env:4:1 sops -");
  CHECK(place(chain[7]) == "host :0:0 host");
}

TEST_CASE("a service's values reach that service alone", "[env]") {
  const Merged merged = merge({file(LayerType::sys, "sys", "A=sys\nB=sys\n"),
                               file(LayerType::service, "web", "A=web\nWEB=1\n", "web"),
                               file(LayerType::service, "db", "A=db\n", "db"),
                               file(LayerType::dotenv, "local", "URL=http://$A\n")},
                              test::expand);
  CHECK(value(merged.shared, "A") == "sys");
  CHECK(value(merged.shared, "WEB") == "(unset)");
  CHECK(value(merged.shared, "URL") == "http://sys");
  CHECK(merged.services.at("web").size() == 3);
  CHECK(merged.services.at("db").size() == 2);
  CHECK(value(environment_of(merged, "web"), "URL") == "http://web");
  CHECK(value(environment_of(merged, "db"), "URL") == "http://db");
  CHECK(value(environment_of(merged, "db"), "WEB") == "(unset)");
  CHECK(environment_of(merged, "db").at("B") == merged.shared.at("B"));
  CHECK(environment_of(merged, "other") == merged.shared);
}

TEST_CASE("a later file of one type wins and sees the earlier one", "[env]") {
  const Merged merged = merge({file(LayerType::site, "one", "A=1\nB=$A\n"),
                               file(LayerType::site, "two", "A=${A}2\nC=$A$B\n")},
                              test::expand);
  CHECK(value(merged.shared, "A") == "12");
  CHECK(value(merged.shared, "B") == "1");
  CHECK(value(merged.shared, "C") == "121");
  CHECK(merged.shared.at("C").back().uses == std::vector<std::string>{"A", "B"});
}

TEST_CASE("the host joins by its entries alone and wins in references", "[env]") {
  const Merged merged = merge(
      {file(LayerType::sys, "sys", "A=$HF_TOKEN\nHF_TOKEN=file\nB\nPATH\n"),
       entry(LayerType::host, "", {"HF_TOKEN", "host"}), entry(LayerType::host, "", {"B", "b"})},
      test::expand);
  CHECK(value(merged.shared, "A") == "host");
  CHECK(value(merged.shared, "HF_TOKEN") == "host");
  CHECK(value(merged.shared, "B") == "b");
  CHECK(value(merged.shared, "PATH") == "(unset)");
}

TEST_CASE("entries are taken as they are", "[env]") {
  CHECK(value(merge({entry(LayerType::native, "h", {"A", "$B ${"})}, test::expand).shared, "A") ==
        "$B ${");
}

TEST_CASE("secret layers, and what is made from secret values, are secret", "[env]") {
  Layer host = entry(LayerType::host, "", {"TOKEN", "t"});
  host.is_secret = true;
  const Environment shared =
      merge({file(LayerType::sys, "sys", "A=1\nURL=http://$TOKEN@h\nCOPY=$URL\nTOKEN\n"),
             file(LayerType::secrets, "s", "PASSWORD=$A\n"),
             entry(LayerType::sops, "o", {"KEY", "k"}), host},
            test::expand)
          .shared;
  const auto is_secret = [&](const char* key) { return shared.at(key).back().is_secret; };
  CHECK_FALSE(is_secret("A"));
  for (const char* key : {"URL", "COPY", "PASSWORD", "KEY", "TOKEN"}) {
    CAPTURE(key);
    CHECK(is_secret(key));
  }
}

TEST_CASE("a warning is given once, however many services read the file", "[env]") {
  const Merged merged =
      merge({file(LayerType::sys, "sys", "A=$gone\n"), file(LayerType::service, "a", "B=1\n", "a"),
             file(LayerType::service, "b", "B=$gone\n", "b")},
            test::expand);
  REQUIRE(merged.warnings.size() == 2);
  CHECK(merged.warnings[0].label.file == "sys");
  CHECK(merged.warnings[1].label.file == "b");
}

TEST_CASE("each bad file is an error that names it, once", "[env]") {
  const Merged merged =
      merge({file(LayerType::sys, "sys", "A=1\n"), file(LayerType::site, "etc/site.env", "A B=\n"),
             file(LayerType::service, "web.env", "B='x\n", "web"),
             file(LayerType::service, "db", "C=1\n", "db")},
            test::expand);
  REQUIRE(merged.errors.size() == 2);
  CHECK(merged.errors[0].code == "env.bad_name");
  CHECK(merged.errors[0].labels.at(0).file == "etc/site.env");
  CHECK(merged.errors[1].code == "env.unterminated_quote");
  CHECK(merged.errors[1].labels.at(0).file == "web.env");
  CHECK(value(merged.shared, "A") == "1");
}
