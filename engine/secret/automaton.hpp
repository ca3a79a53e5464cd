// Aho-Corasick: finds many words in a text in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "secret/memory.hpp"

namespace harbor::secret {

/// A part of a text, [begin, end).
struct Range {
  std::size_t begin;
  std::size_t end;
};

/// Constant once built. Time is linear in the text, memory in the words (at most 20 bytes for each
/// of their bytes).
class Automaton {
 public:
  /// `words` are sorted, each once, none empty.
  explicit Automaton(std::span<const WipedString> words);

  /// At least this many first bytes of a word count as an occurrence where text was cut off: before
  /// "..." (or the single character for it), and at the end of a text that was cut.
  static constexpr std::size_t shortest_beginning = 8;

  /// Adds all occurrences of all words in `text` to `ranges`; ranges that overlap or touch become
  /// one. Returns how many of the last bytes of `text` may, at most, belong to an occurrence that
  /// ends later.
  [[nodiscard]] std::size_t find(std::string_view text, std::vector<Range>& ranges) const;
  /// Adds the beginning of a word at the end of `text`, if it is long enough.
  void find_cut(std::string_view text, std::vector<Range>& ranges) const;

 private:
  using Index = std::uint32_t;

  // The trie in breadth-first order, so that the children of a node are side by side, ordered by
  // their bytes.
  struct Node {
    Index first_child = 0;
    Index fail = 0;  // the longest proper suffix of this node that is a node
    Index depth = 0;
    Index longest = 0;  // length of the longest word that ends here, 0 for none
    std::uint16_t child_count = 0;
    std::uint8_t byte = 0;
  };
  using Row = std::array<Index, 256>;

  void grow(std::span<const WipedString> words);
  void link();
  [[nodiscard]] Index child(const Node& node, std::uint8_t byte) const;
  [[nodiscard]] Index step(Index node, std::uint8_t byte) const;

  WipedVector<Node> nodes_;
  std::vector<Row>
      rows_;  // the root's and its children's complete transitions: where most text stays
};

}  // namespace harbor::secret
