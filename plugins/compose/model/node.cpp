#include "node.hpp"

#include <algorithm>
#include <cstring>

#include "scalar.hpp"

namespace harbor::compose {
namespace {

constexpr std::size_t first_block = 256 * 1024;
// Smaller maps are searched linearly, which is faster than building and using the index.
constexpr std::uint32_t large_map = 24;

template <class T>
T* array(std::pmr::memory_resource& arena, std::size_t count) {
  // T may well be a pointer. NOLINTNEXTLINE(bugprone-sizeof-expression)
  return static_cast<T*>(arena.allocate(std::max<std::size_t>(count, 1) * sizeof(T), alignof(T)));
}

void put(Node* mapping, std::uint32_t at) {
  const std::uint32_t mask = mapping->index_size - 1;
  std::uint32_t slot = mapping->entries[at].hash & mask;
  while (mapping->index[slot] != 0) slot = (slot + 1) & mask;
  // One more than the position, so that zero means free.
  mapping->index[slot] = at + 1;
}

void build_index(std::pmr::memory_resource& arena, Node* mapping) {
  std::uint32_t size = 64;
  // At most a third full: probing stays short.
  while (size < mapping->size * 3) size *= 2;
  mapping->index = array<std::uint32_t>(arena, size);
  mapping->index_size = size;
  std::memset(mapping->index, 0, size * sizeof(std::uint32_t));
  for (std::uint32_t at = 0; at < mapping->size; ++at) put(mapping, at);
}

Entry* find_indexed(const Node* mapping, std::string_view key, std::uint32_t hash) {
  const std::uint32_t mask = mapping->index_size - 1;
  for (std::uint32_t slot = hash & mask; mapping->index[slot] != 0; slot = (slot + 1) & mask) {
    Entry& entry = mapping->entries[mapping->index[slot] - 1];
    if (entry.hash == hash && entry.key == key) return &entry;
  }
  return nullptr;
}

Entry* find_linear(const Node* mapping, std::string_view key, std::uint32_t hash) {
  for (std::uint32_t i = 0; i < mapping->size; ++i) {
    Entry& entry = mapping->entries[i];
    if (entry.hash == hash && entry.key == key) return &entry;
  }
  return nullptr;
}

}  // namespace

Store::Store() : arena_(first_block) {}

Node* Store::node(Kind kind, Place place) {
  Node* made = new (arena_.allocate(sizeof(Node), alignof(Node))) Node;
  made->kind = kind;
  made->place = place;
  return made;
}

Node* Store::scalar(std::string_view text, Place place, Style style) {
  Node* made = node(Kind::scalar, place);
  made->text = copy(text);
  made->style = style;
  return made;
}

Node* Store::string(std::string_view text, Place place) {
  return scalar(text, place, is_plain_string(text) ? Style::plain : Style::double_quoted);
}

std::string_view Store::copy(std::string_view text) {
  if (text.empty()) return {};
  char* held = array<char>(arena_, text.size());
  std::memcpy(held, text.data(), text.size());
  return {held, text.size()};
}

Node* Store::own(Node* held, std::uint32_t owner) {
  if (held->owner == owner) return held;
  Node* made = new (arena_.allocate(sizeof(Node), alignof(Node))) Node(*held);
  made->owner = owner;
  // It finds the entries of the original.
  made->index = nullptr;
  made->capacity = made->size;
  if (held->kind == Kind::mapping) {
    made->entries = array<Entry>(arena_, held->size);
    std::copy_n(held->entries, held->size, made->entries);
  } else if (held->kind == Kind::sequence) {
    made->items = array<Node*>(arena_, held->size);
    std::copy_n(held->items, held->size, made->items);
  }
  return made;
}

void Store::append(Node* sequence, Node* item) {
  if (sequence->size == sequence->capacity) {
    std::uint32_t capacity = std::max<std::uint32_t>(4, sequence->capacity * 2);
    Node** items = array<Node*>(arena_, capacity);
    std::copy_n(sequence->items, sequence->size, items);
    sequence->items = items;
    sequence->capacity = capacity;
  }
  sequence->items[sequence->size++] = item;
}

void Store::set(Node* mapping, std::string_view key, Place place, Node* value) {
  if (Entry* entry = find(*this, mapping, key)) {
    entry->value = value;
    entry->place = place;
    return;
  }
  if (mapping->size == mapping->capacity) {
    std::uint32_t capacity = std::max<std::uint32_t>(4, mapping->capacity * 2);
    Entry* entries = array<Entry>(arena_, capacity);
    std::copy_n(mapping->entries, mapping->size, entries);
    mapping->entries = entries;
    mapping->capacity = capacity;
  }
  mapping->entries[mapping->size++] = {key, hash_of(key), place, value};
  if (mapping->index == nullptr) return;
  if (mapping->size * 2 > mapping->index_size) {
    build_index(arena_, mapping);
  } else {
    put(mapping, mapping->size - 1);
  }
}

void Store::index(Node* mapping) { build_index(arena_, mapping); }

void Store::assign(Node* node, const std::vector<Node*>& items) {
  node->size = node->capacity = static_cast<std::uint32_t>(items.size());
  node->items = array<Node*>(arena_, items.size());
  std::copy(items.begin(), items.end(), node->items);
}

void Store::assign(Node* node, const std::vector<Entry>& entries) {
  node->size = node->capacity = static_cast<std::uint32_t>(entries.size());
  node->entries = array<Entry>(arena_, entries.size());
  node->index = nullptr;
  std::copy(entries.begin(), entries.end(), node->entries);
}

Label Store::label(Place place, std::string text) const {
  Label label;
  if (place.line == 0 || place.file >= sources.size()) return label;
  const Source& source = sources[place.file];
  label.file = source.path;
  label.line = place.line;
  label.text = std::move(text);
  // A place counts characters and a label bytes, so walk the line.
  std::size_t at = 0;
  for (std::uint32_t line = 1; line < place.line && at != std::string::npos; ++line) {
    at = source.text.find('\n', at);
    if (at != std::string::npos) ++at;
  }
  label.column = place.column;
  if (at == std::string::npos) return label;
  std::size_t byte = at;
  for (std::uint32_t seen = 1; seen < place.column && byte < source.text.size(); ++seen) {
    ++byte;
    while (byte < source.text.size() &&
           (static_cast<unsigned char>(source.text[byte]) & 0xC0U) == 0x80)
      ++byte;
  }
  label.column = static_cast<unsigned>(byte - at + 1);
  return label;
}

std::uint32_t hash_of(std::string_view key) {
  // FNV-1a: keys are short, and collisions in one's own file gain nothing.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

Entry* find(Store& store, Node* mapping, std::string_view key) {
  const std::uint32_t hash = hash_of(key);
  if (mapping->size <= large_map) return find_linear(mapping, key, hash);
  if (mapping->index == nullptr) {
    store.index(mapping);
  }
  return find_indexed(mapping, key, hash);
}

const Entry* find(const Node& mapping, std::string_view key) {
  // A lookup must not change a constant node, so no index is built here.
  const std::uint32_t hash = hash_of(key);
  return mapping.index != nullptr ? find_indexed(&mapping, key, hash)
                                  : find_linear(&mapping, key, hash);
}

void erase(Node* mapping, std::string_view key) {
  const Entry* entry = find(*mapping, key);
  if (entry == nullptr) return;
  auto at = static_cast<std::uint32_t>(entry - mapping->entries);
  std::copy(mapping->entries + at + 1, mapping->entries + mapping->size, mapping->entries + at);
  // Positions have moved, so the index is dropped below.
  --mapping->size;
  mapping->index = nullptr;
}

Node* get(const Node* mapping, std::string_view key) {
  if (mapping == nullptr || mapping->kind != Kind::mapping) return nullptr;
  const Entry* entry = find(*mapping, key);
  return entry == nullptr ? nullptr : entry->value;
}

bool is_null(const Node* node) { return node != nullptr && type_of(*node) == Type::null; }

const char* name_of(const Node* node) {
  if (node->kind == Kind::mapping) return "a map";
  if (node->kind == Kind::sequence) return "a list";
  return is_null(node) ? "empty" : "a value";
}

void each_scalar(const Node& node, const std::function<void(const Node&)>& visit) {
  if (node.kind == Kind::scalar) return visit(node);
  for (std::uint32_t i = 0; i < node.size; ++i) {
    each_scalar(node.kind == Kind::mapping ? *node.entries[i].value : *node.items[i], visit);
  }
}

}  // namespace harbor::compose
