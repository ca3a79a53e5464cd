#include "provenance.hpp"

#include <catch2/catch.hpp>

using namespace harbor::compose;

namespace {

Project project() {
  return merge(tree_of({{"a.yml",
                         "services:\n"
                         "  web.ui:\n"
                         "    image: one\n"
                         "    environment:\n"
                         "      URL: http://a\n"
                         "      KEEP: x\n"
                         "    command: [a]\n"
                         "    ports: ['80:80']\n"
                         "    labels: {traefik.http.rule: r}\n"},
                        {"b.yml",
                         "services:\n"
                         "  web.ui:\n"
                         "    environment:\n"
                         "      - URL=http://b\n"
                         "    volumes: ['./d:/data']\n"
                         "    ports: !reset []\n"},
                        {"c.yml",
                         "services:\n"
                         "  web.ui:\n"
                         "    image: two\n"
                         "    environment: {URL: http://c}\n"
                         "    command: [c]\n"
                         "    ports: ['81:81']\n"
                         "    volumes: ['./e:/data']\n"}}),
               {"a.yml", "b.yml", "c.yml"});
}

std::string chain(std::string_view path) {
  Provenance found = provenance_of(project(), path);
  std::string text = found.value;
  for (const Origin& origin : found.chain) {
    text += (origin.is_overridden ? " -" : " +") + origin.place.file + ":" +
            std::to_string(origin.place.line) + ":" + std::to_string(origin.place.column) + "=" +
            origin.value;
  }
  return text;
}

}  // namespace

TEST_CASE("a value names every place that set it, the last one winning", "[provenance]") {
  CHECK(chain("services.web.ui.image") == "two -a.yml:3:5=one +c.yml:3:5=two");
}

TEST_CASE("an environment entry is followed through lists and maps", "[provenance]") {
  CHECK(chain("services.web.ui.environment.URL") ==
        "http://c -a.yml:5:7=http://a -b.yml:4:9=http://b +c.yml:4:19=http://c");
  CHECK(chain("services.web.ui.environment.KEEP") == "x +a.yml:6:7=x");
}

TEST_CASE("a key that holds dots is found as it stands", "[provenance]") {
  CHECK(chain("services.web.ui.labels.traefik.http.rule") == "r +a.yml:9:14=r");
}

TEST_CASE("a volume is named by its target, a list that is replaced shows so", "[provenance]") {
  CHECK(chain("services.web.ui.volumes./data") ==
        "./e:/data -b.yml:5:15=./d:/data +c.yml:7:15=./e:/data");
  CHECK(chain("services.web.ui.command") == "[\"c\"] -a.yml:7:5=[\"a\"] +c.yml:5:5=[\"c\"]");
}

TEST_CASE("what a reset took out is overridden", "[provenance]") {
  CHECK(chain("services.web.ui.ports") ==
        "[\"81:81\"] -a.yml:8:5=[\"80:80\"] +c.yml:6:5=[\"81:81\"]");
}

TEST_CASE("a path that is not there is an error with suggestions", "[provenance]") {
  try {
    provenance_of(project(), "services.web.ui.imgae");
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.code == "compose.no_such_key");
    CHECK(error.message == "the merged compose file has no 'services.web.ui.imgae'");
    CHECK(error.hint == "did you mean 'image'?");
  }
}
