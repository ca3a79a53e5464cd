// A compose document in memory: a tree of nodes in an arena, each knowing the place it was read
// from.
//
// Nodes are shared (an alias is the node of its anchor), so what was parsed is never changed:
// merging copies the few maps and lists that it changes and marks the copies with its own number
// (`owner`).
#pragma once

#include <harbor/error.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

enum class Kind : std::uint8_t { scalar, sequence, mapping };
enum class Style : std::uint8_t { plain, single_quoted, double_quoted, literal };

/// Lines and columns count from 1, columns in characters; line 0: made up, not read.
struct Place {
  std::uint32_t file = 0;  ///< index into Store::sources
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Node;

struct Entry {
  std::string_view key;
  std::uint32_t hash = 0;
  Place place;  ///< of the key
  Node* value = nullptr;
};

/// Who may change a node in place: each merge is an owner, counted from 1, and so is each pass over
/// the whole project, counted from the other end.
struct Owner {
  static constexpr std::uint32_t nobody = 0;
  static constexpr std::uint32_t edit = 0xffff'fffd;
  static constexpr std::uint32_t strip = 0xffff'fffe;   ///< removes Harbor's own keys
  static constexpr std::uint32_t rebase = 0xffff'ffff;  ///< moves relative paths
};

struct Node {
  Kind kind = Kind::scalar;
  Style style = Style::plain;
  std::uint16_t height = 1;             ///< levels of this subtree
  std::uint32_t weight = 1;             ///< nodes of this subtree, aliases counted out
  std::uint32_t owner = Owner::nobody;  ///< who may change this node
  std::uint32_t size = 0;               ///< items or entries
  std::uint32_t capacity = 0;
  Place place;
  std::string_view text;  ///< of a scalar, escapes resolved
  std::string_view tag;   ///< of a scalar, only where it decides the type ("tag:yaml.org,2002:int")
  Node** items = nullptr;
  Entry* entries = nullptr;
  std::uint32_t* index = nullptr;  ///< hash table over entries of a large map
  std::uint32_t index_size = 0;
};

struct Source {
  std::string path;  ///< as given, relative to the project
  std::string text;
};

/// Owns every node and text of a project. Not copied, never shrinks.
class Store {
 public:
  Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  std::vector<Source> sources;

  Node* node(Kind kind, Place place);
  Node* scalar(std::string_view text, Place place, Style style = Style::plain);
  /// A string that stays one: plain if that reads back as the same string, else quoted.
  Node* string(std::string_view text, Place place);
  std::string_view copy(std::string_view text);
  /// A copy that `owner` may change; the node itself if it already may.
  Node* own(Node* node, std::uint32_t owner);

  void append(Node* sequence, Node* item);
  /// Adds or replaces.
  void set(Node* mapping, std::string_view key, Place place, Node* value);
  void assign(Node* node, const std::vector<Node*>& items);
  void assign(Node* node, const std::vector<Entry>& entries);

  /// Builds the hash table of a map; its content stays the same.
  void index(Node* mapping);

  Label label(Place place, std::string text = {}) const;

 private:
  std::pmr::monotonic_buffer_resource arena_;
};

std::uint32_t hash_of(std::string_view key);
/// The entry, or nothing. Builds the table of a large map on first use.
Entry* find(Store& store, Node* mapping, std::string_view key);
const Entry* find(const Node& mapping, std::string_view key);
void erase(Node* mapping, std::string_view key);
Node* get(const Node* mapping,
          std::string_view key);  ///< nothing if it is not a map or has no such key
bool is_null(const Node* node);
/// "a map", "a list", "a value": the kind, for messages.
const char* name_of(const Node* node);

/// Calls `visit` with every scalar below `node`, depth first, keys not included.
void each_scalar(const Node& node, const std::function<void(const Node&)>& visit);

}  // namespace harbor::compose
