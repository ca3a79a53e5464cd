#include "search.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

namespace harbor::secrets_sops {
namespace fs = std::filesystem;

std::uint32_t Search::key_of(const char* bytes) {
  std::uint32_t key = 0;
  std::memcpy(&key, bytes, sizeof key);
  return key;
}

namespace {

/// 16 of the key's bits, well mixed (Knuth's multiplicative hash): for most positions of a text,
/// testing one bit is enough.
std::uint32_t slot_of(std::uint32_t key) { return (key * 2654435761U) >> 16U; }

}  // namespace

Search::Search(std::vector<Needle> needles) : needles_(std::move(needles)) {
  std::erase_if(needles_, [](const Needle& needle) { return needle.bytes.size() < prefix; });
  for (std::size_t i = 0; i < needles_.size(); ++i) {
    const auto key = key_of(needles_[i].bytes.data());
    by_prefix_.emplace(key, i);
    may_start_.set(slot_of(key));
    longest_ = std::max(longest_, needles_[i].bytes.size());
  }
}

std::vector<const Needle*> Search::in_text(std::string_view text) const {
  std::set<std::size_t> found;
  for (std::size_t at = 0; at + prefix <= text.size(); ++at) {
    const auto key = key_of(text.data() + at);
    if (!may_start_.test(slot_of(key))) continue;
    const auto [first, last] = by_prefix_.equal_range(key);
    for (auto candidate = first; candidate != last; ++candidate)
      if (text.substr(at).starts_with(needles_[candidate->second].bytes))
        found.insert(candidate->second);
  }
  std::vector<const Needle*> out;
  for (const std::size_t i : found) out.push_back(&needles_[i]);
  return out;
}

std::vector<const Needle*> Search::in_file(const fs::path& file) const {
  constexpr std::size_t piece = std::size_t{1} << 20;
  std::ifstream in(file, std::ios::binary);
  std::set<const Needle*> found;
  std::string window;
  while (in) {
    // The tail may be the beginning of a needle, so it stays for the next piece.
    window.erase(0, window.size() - std::min(window.size(), longest_));
    const std::size_t kept = window.size();
    window.resize(kept + piece);
    in.read(window.data() + kept, piece);
    window.resize(kept + static_cast<std::size_t>(in.gcount()));
    for (const Needle* needle : in_text(window)) found.insert(needle);
  }
  return {found.begin(), found.end()};
}

void for_each_file(const fs::path& folder, const std::function<bool(const fs::path&)>& visit) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error),
      end;
  // Files come and go in /tmp while it is read: one that vanished is skipped, and the rest is still
  // searched.
  while (!error && at != end) {
    const fs::file_status status = at->symlink_status(error);
    if (!error && fs::is_regular_file(status) && !visit(at->path())) return;
    error.clear();
    at.increment(error);
  }
}

}  // namespace harbor::secrets_sops
