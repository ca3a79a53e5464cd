// The same files read by `docker compose config`: same values, or an error on both sides.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <harbor/env_file.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "process.hpp"
#include "reading.hpp"
#include "row.hpp"
#include "seed.hpp"

using namespace harbor;
using namespace harbor::env;
using test::Map;
namespace fs = std::filesystem;

namespace {

const Map host = {{"HOST_ONE", "one"}, {"HOST_EMPTY", ""}};

class Compose {
 public:
  Compose() : folder_(fs::temp_directory_path() / ("harbor-env-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Compose() { fs::remove_all(folder_); }
  Compose(const Compose&) = delete;
  Compose& operator=(const Compose&) = delete;

  bool is_there() { return docker({"version"}).status == 0; }

  /// One process for all files, since each takes a tenth of a second; nothing, and why, when a file
  /// is an error.
  std::optional<std::vector<Map>> read(const std::vector<std::string>& files) {
    std::string project = "services:\n";
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::string name = "f" + std::to_string(i);
      project += "  " + name + ": {image: x, env_file: " + name + ".env}\n";
      test::spit(folder_ / (name + ".env"), files[i]);
    }
    test::spit(folder_ / "compose.yml", project);
    const test::Process config =
        docker({"-f", folder_ / "compose.yml", "-p", "p", "config", "--format", "json"});
    why_ = config.err;
    if (config.status != 0) return std::nullopt;
    const auto json = nlohmann::json::parse(config.out);
    std::vector<Map> maps;
    for (std::size_t i = 0; i < files.size(); ++i)
      maps.push_back(environment_in(json.at("services").at("f" + std::to_string(i))));
    return maps;
  }

  const std::string& why() const { return why_; }

 private:
  test::Process docker(std::vector<std::string> arguments) {
    std::vector<std::string> argv = {"docker", "compose"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const char* path = std::getenv("PATH");
    std::vector<std::string> environment = {std::string("PATH=") + (path ? path : "/usr/bin:/bin"),
                                            "HOME=" + folder_.string()};
    for (const auto& [key, value] : host) environment.push_back(key + "=" + value);
    return test::run(std::move(argv), folder_, {}, std::move(environment));
  }

  /// `config` doubles each dollar sign, so that its output is a compose file again.
  static Map environment_in(const nlohmann::json& service) {
    Map map;
    if (!service.contains("environment")) return map;
    for (const auto& [key, value] : service.at("environment").items()) {
      if (value.is_null() || key.empty()) continue;
      const auto text = value.get<std::string>();
      std::string& plain = map[key];
      for (std::size_t i = 0; i < text.size(); ++i) {
        plain += text[i];
        if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$') ++i;
      }
    }
    return map;
  }

  fs::path folder_;
  std::string why_;
};

struct Sides {
  std::vector<std::string> good;  ///< files that Harbor reads
  std::vector<Map> values;
  std::vector<std::string> bad;  ///< files that it refuses
};

Sides read_all(const std::vector<std::string>& files) {
  Sides sides;
  for (const std::string& file : files) {
    try {
      sides.values.push_back(test::read(file, host));
      sides.good.push_back(file);
    } catch (const Error&) {
      sides.bad.push_back(file);
    }
  }
  return sides;
}

void compare(Compose& compose, const std::vector<std::string>& files) {
  const Sides sides = read_all(files);
  const auto theirs = compose.read(sides.good);
  CAPTURE(compose.why());
  REQUIRE(theirs);
  for (std::size_t i = 0; i < sides.good.size(); ++i) {
    CAPTURE(sides.good[i]);
    CHECK(sides.values[i] == (*theirs)[i]);
  }
  for (const std::string& file : sides.bad) {
    CAPTURE(file);
    CHECK_FALSE(compose.read({file}));
  }
  std::cout << sides.good.size() << " files with the same values, " << sides.bad.size()
            << " that are errors on both sides\n";
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string file() {
    const std::string end = one_in(5) ? "\r\n" : "\n";
    std::string text = one_in(40) ? "\xEF\xBB\xBF" : "";
    for (std::size_t i = 0, n = 1 + below(7); i < n; ++i) text += (i ? end : "") + line();
    return text + (one_in(4) ? "" : end);
  }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string line() {
    if (one_in(16)) return any({"# c", "  #A=1", "", " \t", "A", "HOST_ONE", "B=", "export C"});
    const std::string name =
        any({"A", "B", "C", "D_1", "_e", "f", "g.h", "i-j", "K[0]", "\xC3\x9C", "1L", "HOST_ONE",
             "HOST_EMPTY", "export A", "export\tB", " C", "\tf"});
    const std::string quote = any({"", "", "\"", "'"});
    const std::string tail =
        one_in(4) && !quote.empty() ? any({" ", "\t", " # c", "#c", " B=2", " C='3' #"}) : "";
    return name + any({"=", "=", "=", "=", " = ", ": ", "= ", " ="}) + quote + value(quote) +
           quote + tail;
  }

  std::string value(const std::string& quote) {
    std::string text;
    for (std::size_t i = 0, n = below(6); i < n; ++i) text += part();
    if (quote.empty()) return text;
    std::string safe;  // mostly: an odd backslash before a quote still changes what follows
    for (const char c : text) safe += std::string(c == quote[0] ? "\\" : "") + c;
    if (!safe.empty() && safe.back() == '\\') safe += '\\';
    return one_in(6) ? safe + "\n" + any({"x", " # y", "Z=1", "$A"}) : safe;
  }

  std::string part() {
    if (one_in(400)) return any({"${", "${A:?e}", "${D_1?}", "\"", "${A", "${A!}", "${f:-\n}"});
    return any({"x",
                "y z",
                " ",
                "  ",
                "=",
                ":",
                "#",
                " #",
                "\t#",
                "'",
                "\"",
                "\\",
                "\\\\",
                "\\n",
                "\\t",
                "\\$",
                "\\0101",
                "\\012",
                "\\08",
                "\\0377",
                "\\c",
                "$",
                "$$",
                "$A",
                "$B",
                "${C}",
                "${D_1:-d}",
                "${_e-d}",
                "${f:+x}",
                "${A+x}",
                "${U:-${A}}",
                "${U:-$B x}",
                "${A:+${B:-y}}",
                "$HOST_ONE",
                "${HOST_EMPTY:-h}",
                "${HOST_EMPTY-h}",
                "$1",
                "{",
                "}",
                "{\"k\":1}",
                "[a, b]",
                "\xC3\xA9",
                "\xE2\x80\x83",
                "\xC2\xA0",
                "\xF0\x9F\x9A\xA2",
                "-",
                "`",
                ";"});
  }

  std::mt19937 random_;
};

/// The `compose 2.40` column of the table of measured differences, where that document is at hand.
std::vector<test::Row> measured(const fs::path& document) {
  std::vector<test::Row> rows;
  std::ifstream in(document);
  const auto cell = [](const std::string& line, std::size_t& at) {
    const std::size_t begin = line.find("| ", at) + 2;
    at = line.find(" |", begin);
    std::string text = line.substr(begin, at - begin);
    const bool is_code = text.size() > 1 && text.front() == '`' && text.back() == '`';
    return is_code ? text.substr(1, text.size() - 2) : text;
  };
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| ") || line.find('=') == std::string::npos) continue;
    std::size_t at = 0;
    test::Row row;
    row.name = cell(line, at);
    const auto text = nlohmann::json::parse("\"" + cell(line, at) + "\"", nullptr, false);
    const std::string value = cell(line, at);
    const bool is_value = value.starts_with("\"") || value == "UNSET" || value.starts_with("ERR ");
    if (!text.is_string() || !is_value || row.name == "backtick")
      continue;  // the table prints that one as quotes
    row.text = text;
    if (value.starts_with("\"")) row.value = nlohmann::json::parse(value).get<std::string>();
    if (value.starts_with("ERR ")) row.name += " (error)";
    rows.push_back(row);
  }
  return rows;
}

bool is_missing(Compose& compose) {
  if (compose.is_there()) return false;
  std::cout << "SKIPPED: docker compose is not installed\n";
  return true;
}

}  // namespace

TEST_CASE("the rows of the grammar are what docker compose says", "[env][compose]") {
  Compose compose;
  if (is_missing(compose)) return;
  std::vector<std::string> files;
  for (const test::Row& row : test::rows()) files.push_back(row.text);
  for (const test::BadRow& row : test::bad_rows()) files.push_back(row.text);
  compare(compose, files);
}

TEST_CASE("the measured table holds here and with docker compose", "[env][compose]") {
  const auto rows = measured(fs::path(HARBOR_SOURCE_DIR) / "../shared/design/reliability.md");
  if (rows.empty()) {
    std::cout << "SKIPPED: no table beside the source tree\n";
    return;
  }
  CHECK(rows.size() >= 44);
  std::vector<std::string> files;
  for (const test::Row& row : rows) {
    CAPTURE(row.name, row.text);
    files.push_back(row.text);
    if (row.name.ends_with(" (error)")) {
      CHECK_THROWS_AS(test::read(row.text, host), Error);
      continue;
    }
    const Map map = test::read(row.text, host);
    const auto found = map.find("A");
    CHECK((found == map.end() ? std::nullopt : std::optional(found->second)) == row.value);
  }
  Compose compose;
  if (compose.is_there()) compare(compose, files);
}

TEST_CASE("2,000 generated files are the same to docker compose", "[env][compose]") {
  Compose compose;
  if (is_missing(compose)) return;
  const unsigned seed = test::seed();
  CAPTURE(seed);
  Generator generator(seed);
  std::vector<std::string> files;
  for (int i = 0; i < 2'000; ++i) files.push_back(generator.file());
  compare(compose, files);
}

TEST_CASE("docker compose reads back what is written", "[env][compose]") {
  Compose compose;
  if (is_missing(compose)) return;
  const Variables variables = {{"SIMPLE", "x"},
                               {"EMPTY", ""},
                               {"SPACES", "  x  "},
                               {"QUOTES", "'\"`"},
                               {"DOLLAR", "$A ${B:?} $$"},
                               {"LINES", "a\nb\r\n\n"},
                               {"HASH", "a #b"},
                               {"BACKSLASH", "\\"},
                               {"ESCAPED", "\\'\\\"\\n\\$\\"},
                               {"BCRYPT", "$2y$05$abc"},
                               {"TAB", "\t"},
                               {"UTF", "\xC3\xA9\xF0\x9F\x9A\xA2"},
                               {"BIG", std::string(8192, '\'') + "\\"}};
  const auto read = compose.read({write_env_file(variables)});
  CAPTURE(compose.why());
  REQUIRE(read);
  CHECK(read->front() == Map(variables.begin(), variables.end()));
}
