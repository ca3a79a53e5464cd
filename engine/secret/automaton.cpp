#include "secret/automaton.hpp"

#include <algorithm>

namespace harbor::secret {

Automaton::Automaton(std::span<const WipedString> words) {
  grow(words);
  link();
}

void Automaton::grow(std::span<const WipedString> words) {
  // The words below a node share its path, so in sorted order they are a range, [begin, end).
  struct Share {
    std::size_t begin, end;
  };
  std::vector<Share> shares{{0, words.size()}};
  nodes_.emplace_back();
  // Breadth first, and the nodes are their own queue: the children of a node are side by side, so a
  // first index and a count are enough to refer to them.
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Index depth = nodes_[i].depth;
    auto [begin, end] = shares[i];
    if (begin < end && words[begin].size() == depth) {
      nodes_[i].longest = depth;
      ++begin;
    }
    nodes_[i].first_child = static_cast<Index>(nodes_.size());
    while (begin < end) {
      const char byte = words[begin][depth];
      std::size_t next = begin + 1;
      while (next < end && words[next][depth] == byte) ++next;
      Node node;
      node.depth = depth + 1;
      node.byte = static_cast<std::uint8_t>(byte);
      nodes_.push_back(node);
      shares.push_back({begin, next});
      ++nodes_[i].child_count;
      begin = next;
    }
  }
}

void Automaton::link() {
  rows_.resize(1U + nodes_[0].child_count);
  for (Index i = 0; i < nodes_.size(); ++i) {
    const Node node = nodes_[i];
    // A complete row for every node would be a kilobyte each. Nearly all text stays at the root or
    // one byte beyond it, so only these have one; deeper nodes search their few children.
    if (node.depth <= 1) {
      if (i > 0)
        rows_[i] = rows_[0];
      else
        rows_[i].fill(0);
    }
    for (Index next = node.first_child; next < node.first_child + node.child_count; ++next) {
      Node& under = nodes_[next];
      // A node fails over to a shallower one, which is linked already in breadth-first order.
      under.fail = i == 0 ? 0 : step(node.fail, under.byte);
      // Failing over to that node would find its word as well.
      if (under.longest == 0) under.longest = nodes_[under.fail].longest;
      if (node.depth <= 1) rows_[i][under.byte] = next;
    }
  }
}

Automaton::Index Automaton::child(const Node& node, std::uint8_t byte) const {
  for (Index next = node.first_child; next < node.first_child + node.child_count; ++next) {
    if (nodes_[next].byte == byte) return next;
  }
  return 0;
}

Automaton::Index Automaton::step(Index node, std::uint8_t byte) const {
  // Amortised constant: each failure makes the node shallower, and a byte of the text makes it
  // deeper by one at most.
  while (node >= rows_.size()) {
    const Node& at = nodes_[node];
    if (const Index next = child(at, byte)) return next;
    node = at.fail;
  }
  return rows_[node][byte];
}

namespace {

constexpr std::string_view cut_marks[] = {"...", "\xE2\x80\xA6"};

enum class Cut { no, yes, maybe };

/// Whether `text` begins with a mark that something was cut off, or ends within one.
Cut begins_with_cut(std::string_view text) {
  if (text.empty()) return Cut::no;
  for (const std::string_view mark : cut_marks) {
    if (text.starts_with(mark)) return Cut::yes;
    if (mark.starts_with(text)) return Cut::maybe;
  }
  return Cut::no;
}

void add(Range found, std::vector<Range>& ranges) {
  // The ends only grow, so the ranges that the new one touches are at the back.
  while (!ranges.empty() && ranges.back().end >= found.begin) {
    found.begin = std::min(found.begin, ranges.back().begin);
    found.end = std::max(found.end, ranges.back().end);
    ranges.pop_back();
  }
  ranges.push_back(found);
}

}  // namespace

std::size_t Automaton::find(std::string_view text, std::vector<Range>& ranges) const {
  Index node = 0;
  std::size_t undecided = 0;  // of the last bytes, before a mark that is not complete yet
  for (std::size_t i = 0; i < text.size(); ++i) {
    node = step(node, static_cast<std::uint8_t>(text[i]));
    const Node& at = nodes_[node];
    std::size_t length = at.longest;
    // Nearly all text takes this shortcut: it is not deep enough for a beginning of a word that
    // counts.
    if (length == 0 && at.depth < shortest_beginning) continue;
    if (at.depth >= shortest_beginning) {
      const Cut cut = begins_with_cut(text.substr(i + 1));
      if (cut == Cut::yes) length = at.depth;
      if (cut == Cut::maybe && undecided == 0) undecided = text.size() - (i + 1 - at.depth);
    }
    if (length != 0) add({i + 1 - length, i + 1}, ranges);
  }
  // The path to this node is the longest end of the text that is the beginning of a word.
  return std::max<std::size_t>(nodes_[node].depth, undecided);
}

void Automaton::find_cut(std::string_view text, std::vector<Range>& ranges) const {
  Index node = 0;
  for (const char byte : text) node = step(node, static_cast<std::uint8_t>(byte));
  if (nodes_[node].depth >= shortest_beginning)
    add({text.size() - nodes_[node].depth, text.size()}, ranges);
}

}  // namespace harbor::secret
