// Searches many files for many byte strings.
#pragma once

#include <bitset>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "needle.hpp"

namespace harbor::secrets_sops {

/// Made once, then used for any number of texts. One pass over a text, however many needles.
class Search {
 public:
  explicit Search(std::vector<Needle> needles);

  /// The needles that occur in `text`, each once.
  [[nodiscard]] std::vector<const Needle*> in_text(std::string_view text) const;
  /// The same for a file, read in pieces; a file that cannot be read holds none.
  [[nodiscard]] std::vector<const Needle*> in_file(const std::filesystem::path& file) const;

 private:
  static constexpr std::size_t prefix = 4;
  static std::uint32_t key_of(const char* bytes);

  std::vector<Needle> needles_;
  std::unordered_multimap<std::uint32_t, std::size_t> by_prefix_;
  std::bitset<1U << 16U> may_start_;
  std::size_t longest_ = 0;
};

/// Calls `visit` for every plain file below `folder`, without following links; folders that cannot
/// be read are skipped. Ends early when `visit` returns false.
void for_each_file(const std::filesystem::path& folder,
                   const std::function<bool(const std::filesystem::path&)>& visit);

}  // namespace harbor::secrets_sops
