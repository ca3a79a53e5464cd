// Prints how many MiB of log text a second the masker reads, by number of secrets: `SECRETS
// MIB_A_SECOND` a line.
#include "secret/masker.hpp"

#include <chrono>
#include <cstdio>

namespace {

constexpr std::size_t total = std::size_t{32} << 20;
constexpr std::size_t chunk = std::size_t{64} << 10;

std::string log_text() {
  std::string text;
  for (int line = 0; text.size() < chunk; ++line)
    text += "2025-01-01T00:00:00Z web-1 GET /api/v1/items/" + std::to_string(line) +
            " 200 \"curl/7.88\" 0.003s\n";
  text.resize(chunk);
  return text;
}

double speed(int secrets, const std::string& text) {
  harbor::secret::Masker masker;
  for (int i = 0; i < secrets; ++i)
    masker.add("correct-horse-battery-staple-" + std::to_string(i * 7919));
  harbor::secret::Masker::Stream stream(masker);
  std::size_t written = stream.feed(text).size();  // builds the automaton
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t read = 0; read < total; read += chunk) written += stream.feed(text).size();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  return written == 0 ? 0 : static_cast<double>(total >> 20) / time.count();
}

}  // namespace

int main() {
  const std::string text = log_text();
  for (const int secrets : {1, 20, 200}) std::printf("%d %.0f\n", secrets, speed(secrets, text));
}
