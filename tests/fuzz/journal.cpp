// Any bytes are a journal: what is read carries a good checksum, and what is read of a part is read
// of the whole.
#include "store/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "store/seal.hpp"

namespace {

using harbor::store::parse_journal;

/// Three good lines, with the input's bytes in them and then changed by the input: random text
/// alone never has a checksum that fits.
std::string damaged_journal(const std::uint8_t* data, std::size_t size) {
  std::string text;
  for (int seq = 1; seq <= 3; ++seq) {
    std::string line = R"({"a":)" + std::to_string(size) + R"(,"seq":)" + std::to_string(seq);
    text += harbor::store::sealed(line + "}") + "\n";
  }
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    text[(data[i] * 7 + i) % text.size()] = static_cast<char>(data[i + 1]);
  }
  return text;
}

void check(const std::string& text) {
  const auto journal = parse_journal(text, "run");
  std::uint64_t last = 0;
  for (const auto& record : journal.records) {
    if (!record.is_object()) std::abort();
    const auto seq = record.at("seq").get<std::uint64_t>();
    if (!journal.problem && seq != last + 1) std::abort();
    last = seq;
  }
  const auto part = parse_journal(std::string_view{text}.substr(0, text.size() / 2), "run");
  if (part.records.size() > journal.records.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  check(damaged_journal(data, size));
  return 0;
}
