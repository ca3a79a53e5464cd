#include "short_form.hpp"

#include <catch2/catch.hpp>

using namespace harbor::compose;

namespace {

std::string ports(std::string_view text) {
  auto all = parse_ports(text);
  if (!all) return "?";
  std::string out;
  for (const Port& one : *all) {
    out += (out.empty() ? "" : " ") + one.host_ip + "|" + one.published + "|" +
           std::to_string(one.target) + "|" + one.protocol;
  }
  return out;
}

std::string mount(std::string_view text) {
  auto one = parse_mount(text);
  return one ? one->source + "|" + one->target + "|" + one->options + (one->is_bind ? "|bind" : "")
             : "?";
}

}  // namespace

TEST_CASE("ports are read as Compose reads them", "[short_form]") {
  CHECK(ports("80") == "||80|tcp");
  CHECK(ports("8080:80/UDP") == "|8080|80|udp");
  CHECK(ports("127.0.0.1:8080:80") == "127.0.0.1|8080|80|tcp");
  CHECK(ports("127.0.0.1::80") == "127.0.0.1||80|tcp");
  CHECK(ports("[::1]:81:82") == "::1|81|82|tcp");
  CHECK(ports("8000-8001:9000-9001") == "|8000|9000|tcp |8001|9001|tcp");
  CHECK(ports("8000-8005:90") == "|8000-8005|90|tcp");
  for (const char* bad : {"", ":", "a:80", "80:a", "${P}:80", "1-3:1-2", "9-8", "70000", "80/xyz",
                          "::1:81:82", "1.2.3:1:1"}) {
    INFO(bad);
    CHECK(ports(bad) == "?");
  }
}

TEST_CASE("mounts are split outside of braces, and a letter is a drive", "[short_form]") {
  CHECK(mount("/data") == "|/data|");
  CHECK(mount("v") == "|v|");
  CHECK(mount("./a:/b:ro,z") == "./a|/b|ro,z|bind");
  CHECK(mount("vol:/b") == "vol|/b|");
  CHECK(mount("${A:-./x}:/c") == "${A:-./x}|/c|");
  CHECK(mount("n:/d:ro") == "n:/d|ro||bind");
  CHECK(mount("a:b:c:d") == "a:b|c:d||bind");
  for (const char* bad : {"", "aa:bb:cc:dd", "::x", "aa::b"}) CHECK(mount(bad) == "?");
}

TEST_CASE("paths are cleaned by their text", "[short_form]") {
  CHECK(clean_path("/a//b/../c/") == "/a/c");
  CHECK(clean_path("a/../../b") == "../b");
  CHECK(clean_path("/..") == "/");
  CHECK(clean_path("") == ".");
}
