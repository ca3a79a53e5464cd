// The input: secrets (each a length byte and its bytes), a zero, a byte that seeds the splits, the
// text.
#include "secret/masker.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using harbor::secret::Masker;

std::uint8_t take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  return byte;
}

std::vector<std::string> take_secrets(std::string_view& input) {
  std::vector<std::string> secrets;
  while (secrets.size() < 8) {
    const std::size_t size = take_byte(input) % 64U;
    if (size == 0) break;
    secrets.emplace_back(input.substr(0, size));
    input.remove_prefix(secrets.back().size());
  }
  return secrets;
}

void require(bool is_true, const char* what) {
  if (is_true) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Masker masker;
  const std::vector<std::string> secrets = take_secrets(input);
  for (const std::string& secret : secrets) masker.add(secret);
  std::uint32_t random = take_byte(input) + 1U;

  const std::string whole = masker.apply(input);
  Masker::Stream stream(masker);
  Masker::Stream typed(masker);
  std::string streamed;
  std::string released;
  for (std::string_view rest = input; !rest.empty();) {
    random = random * 1664525U + 1013904223U;
    const std::string_view chunk = rest.substr(0, 1 + (random >> 24U) % 9U);
    rest.remove_prefix(chunk.size());
    streamed += stream.feed(chunk);
    released += typed.feed(chunk);
    if ((random >> 16U) % 2U == 0) released += typed.release();
  }
  streamed += stream.finish();
  released += typed.finish();
  require(streamed == whole, "a stream masks as the whole does");
  for (const std::string& secret : secrets) {
    if (secret.size() < Masker::shortest || secret.find('*') != std::string::npos) continue;
    require(whole.find(secret) == std::string::npos, "no secret survives");
    require(released.find(secret) == std::string::npos, "no secret survives a release");
  }
  return 0;
}
