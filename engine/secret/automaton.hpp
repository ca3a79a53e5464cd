// Aho-Corasick: finds many words in a text in one pass.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "secret/memory.hpp"

namespace harbor::secret {

/// A stretch of a text, [begin, end).
struct Range {
  std::size_t begin;
  std::size_t end;
};

/// Constant once built. Time is linear in the text, memory in the words (20 bytes for each byte of
/// them at most).
class Automaton {
 public:
  /// `words` are sorted, each once, none empty.
  explicit Automaton(std::span<const WipedString> words);

  /// The first bytes of a word, from this many on, count as an occurrence where something was cut
  /// off: before "..." or its one character, and at an end that is one.
  static constexpr std::size_t shortest_beginning = 8;

  /// The union of all occurrences of all words in `text`, with what `ranges` holds already; ranges
  /// that overlap or touch are one. Returns from where on the last bytes of `text` may belong to an
  /// occurrence that ends later (the most that may), as their number.
  [[nodiscard]] std::size_t find(std::string_view text, std::vector<Range>& ranges) const;
  /// Adds the beginning of a word with which `text` ends, if it is long enough.
  void find_cut(std::string_view text, std::vector<Range>& ranges) const;

 private:
  using Index = std::uint32_t;

  // The trie in breadth-first order, so that the children of a node stand side by side, ordered by
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
