#include "document.hpp"

#include <yaml.h>

#include <algorithm>
#include <unordered_map>

#include "scalar.hpp"

namespace harbor::compose {
namespace {

[[noreturn]] void fail(const char* code, std::string message, std::string hint,
                       std::vector<Label> labels) {
  throw Error(HARBOR_E_INPUT, code, std::move(message), std::move(hint), std::move(labels));
}

/// Owns libyaml's parser and its current event.
class Events {
 public:
  Events(const std::string& text, const Store& store, std::uint32_t file)
      : store_(store), file_(file) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      event_ = {};
      yaml_mark_t mark = parser_.problem_mark;
      const char* problem = parser_.problem != nullptr ? parser_.problem : "unreadable";
      fail("compose.yaml_syntax", std::string("this is not YAML: ") + problem,
           "indent with spaces, and quote texts that hold ': ' or ' #'",
           {store_.label(place_of(mark), "here")});
    }
    return event_;
  }
  const yaml_event_t& now() const { return event_; }
  Place place() const { return place_of(event_.start_mark); }

 private:
  Place place_of(const yaml_mark_t& mark) const {
    return {file_, static_cast<std::uint32_t>(mark.line) + 1,
            static_cast<std::uint32_t>(mark.column) + 1};
  }

  const Store& store_;
  std::uint32_t file_;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

class Reader {
 public:
  Reader(Store& store, std::uint32_t file)
      : store_(store), events_(store.sources[file].text, store, file) {}

  std::vector<Document> read() {
    std::vector<Document> documents;
    events_.next();  // stream start
    while (events_.next().type != YAML_STREAM_END_EVENT) {
      anchors_.clear();
      resets_.clear();
      events_.next();
      const Place place = events_.place();
      Node* root = value(1);
      if (root == nullptr) root = store_.node(Kind::mapping, place);
      if (root->kind != Kind::mapping) {
        fail("compose.not_a_mapping",
             std::string("a compose document is a map, this one is ") + name_of(root),
             is_null(root) ? "remove the '---' that opens an empty document"
                           : "start with services:",
             {store_.label(place, name_of(root))});
      }
      documents.push_back({root, resets_});
      events_.next();  // document end
    }
    return documents;
  }

 private:
  struct Anchor {
    Node* node = nullptr;  // null while its own content is read
    bool is_open = true;
    bool is_reset = false;
    std::vector<std::vector<std::string_view>> overrides;  // below the anchor
  };

  void count(std::uint64_t nodes, Place place) {
    nodes_ += nodes;
    if (nodes_ > max_nodes) {
      fail("compose.too_many_nodes",
           "the file holds more than 100000 values once its aliases are expanded",
           "split it, or repeat fewer anchors", {store_.label(place, "too many from here on")});
    }
  }

  void check_depth(std::size_t depth, Place place) {
    if (depth > max_depth) {
      fail("compose.too_deep", "the file nests deeper than 64 levels", "flatten it",
           {store_.label(place, "level 65")});
    }
  }

  /// The node of the current event, or nothing for `!reset`. Reads up to its last event.
  Node* value(std::size_t depth) {
    const yaml_event_t& event = events_.now();
    const Place place = events_.place();
    check_depth(depth, place);
    if (event.type == YAML_ALIAS_EVENT) return alias(depth, place);
    count(1, place);
    std::string anchor, tag;
    if (event.type == YAML_SCALAR_EVENT) {
      anchor = view(event.data.scalar.anchor);
      tag = view(event.data.scalar.tag);
    } else if (event.type == YAML_SEQUENCE_START_EVENT) {
      anchor = view(event.data.sequence_start.anchor);
      tag = view(event.data.sequence_start.tag);
    } else {
      anchor = view(event.data.mapping_start.anchor);
      tag = view(event.data.mapping_start.tag);
    }
    const bool is_reset = tag == "!reset";
    const bool is_override = tag == "!override";
    if ((is_reset || is_override) && muted_ == 0) resets_.push_back(path_);
    const std::size_t resets_before =
        resets_.size() - ((is_reset || is_override) && muted_ == 0 ? 1 : 0);
    if (!anchor.empty()) anchors_[anchor] = Anchor{};
    // Below a tag that it applies, Compose does not look for further tags.
    muted_ += is_reset || is_override ? 1 : 0;
    Node* made = event.type == YAML_SCALAR_EVENT           ? scalar(place, tag)
                 : event.type == YAML_SEQUENCE_START_EVENT ? sequence(depth, place)
                                                           : mapping(depth, place);
    muted_ -= is_reset || is_override ? 1 : 0;
    if (!anchor.empty()) close_anchor(anchor, made, resets_before);
    if (!anchor.empty()) anchors_[anchor].is_reset = is_reset && muted_ == 0;
    return is_reset && muted_ == 0 ? nullptr : made;
  }

  void close_anchor(const std::string& name, Node* made, std::size_t resets_before) {
    Anchor& anchor = anchors_[name];
    anchor.node = made;
    anchor.is_open = false;
    for (std::size_t i = resets_before; i < resets_.size(); ++i) {
      auto at = resets_[i].begin() +
                static_cast<std::ptrdiff_t>(std::min(path_.size(), resets_[i].size()));
      anchor.overrides.emplace_back(at, resets_[i].end());
    }
  }

  Node* alias(std::size_t depth, Place place) {
    const std::string name(view(events_.now().data.alias.anchor));
    auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      fail("compose.unknown_alias", "no anchor is called '" + name + "' above this alias",
           "write &" + name + " before the value it stands for", {store_.label(place, "*" + name)});
    }
    if (found->second.is_open) {
      fail("compose.alias_cycle", "the alias '" + name + "' is inside its own anchor",
           "move the anchor to a part that does not hold the alias",
           {store_.label(place, "*" + name)});
    }
    Node* node = found->second.node;
    count(node->weight, place);
    check_depth(depth + node->height - 1, place);
    // An override below an anchor applies wherever the alias is used; a reset has already removed
    // its node.
    for (const auto& below : found->second.overrides) {
      if (muted_ > 0 || resolve(node, below) == nullptr) continue;
      resets_.push_back(path_);
      resets_.back().insert(resets_.back().end(), below.begin(), below.end());
    }
    return found->second.is_reset ? nullptr : node;
  }

  static Node* resolve(Node* node, const std::vector<std::string_view>& path) {
    for (std::string_view key : path) node = get(node, key);
    return node;
  }

  Node* scalar(Place place, const std::string& tag) {
    const auto& data = events_.now().data.scalar;
    Node* node = store_.node(Kind::scalar, place);
    node->text = store_.copy({reinterpret_cast<const char*>(data.value), data.length});
    node->style =
        data.style == YAML_SINGLE_QUOTED_SCALAR_STYLE   ? Style::single_quoted
        : data.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? Style::double_quoted
        : data.style == YAML_LITERAL_SCALAR_STYLE || data.style == YAML_FOLDED_SCALAR_STYLE
            ? Style::literal
            : Style::plain;
    // !!str and tags that YAML does not know make a string; the other core tags are kept, as they
    // decide the type.
    if (tag.rfind("tag:yaml.org,2002:", 0) == 0 && tag != "tag:yaml.org,2002:str") {
      node->tag = store_.copy(tag);
    } else if (!tag.empty() && tag != "!override" && node->style == Style::plain) {
      node->style = Style::double_quoted;
    }
    return node;
  }

  Node* sequence(std::size_t depth, Place place) {
    Node* node = store_.node(Kind::sequence, place);
    const std::size_t from = items_.size();
    while (events_.next().type != YAML_SEQUENCE_END_EVENT) {
      if (muted_ == 0) path_.emplace_back("[]");  // Compose resets nothing inside a list
      Node* item = value(depth + 1);
      if (muted_ == 0) path_.pop_back();
      if (item == nullptr) continue;
      items_.push_back(item);
      node->weight += item->weight;
      node->height =
          std::max<std::uint16_t>(node->height, static_cast<std::uint16_t>(item->height + 1));
    }
    store_.assign(
        node, std::vector<Node*>(items_.begin() + static_cast<std::ptrdiff_t>(from), items_.end()));
    items_.resize(from);
    return node;
  }

  struct Key {
    std::string_view text;
    Place place;
    bool is_merge = false;
  };

  Key key() {
    const yaml_event_t& event = events_.now();
    const Place place = events_.place();
    count(1, place);
    const bool is_scalar = event.type == YAML_SCALAR_EVENT;
    const std::string_view text =
        is_scalar ? std::string_view(reinterpret_cast<const char*>(event.data.scalar.value),
                                     event.data.scalar.length)
                  : std::string_view{};
    const bool is_plain = is_scalar && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool is_tagged = is_scalar && event.data.scalar.tag != nullptr;
    if (!is_scalar || (is_plain && !is_tagged && type_of_plain(text) != Type::string)) {
      const std::string shown =
          is_scalar ? std::string("'").append(text).append("'") : std::string("a list or map");
      fail("compose.key_not_string", "a key is a string, not " + shown, "put it into quotes",
           {store_.label(place, "this key")});
    }
    return {store_.copy(text), place, is_plain && !is_tagged && text == "<<"};
  }

  Node* mapping(std::size_t depth, Place place) {
    Node* node = store_.node(Kind::mapping, place);
    const std::size_t from = entries_.size();
    bool has_merge = false;
    while (events_.next().type != YAML_MAPPING_END_EVENT) {
      const Key at = key();
      const bool enters = muted_ == 0 && !at.is_merge;
      events_.next();
      if (enters) path_.push_back(at.text);
      Node* held = value(depth + 1);
      if (enters) path_.pop_back();
      has_merge |= at.is_merge;
      entries_.push_back({at.text, at.is_merge ? 0 : hash_of(at.text), at.place, held});
    }
    std::vector<Entry> entries(entries_.begin() + static_cast<std::ptrdiff_t>(from),
                               entries_.end());
    entries_.resize(from);
    check_unique(entries);
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [](const Entry& e) { return e.value == nullptr; }),
                  entries.end());
    if (has_merge) entries = merged(entries);
    for (const Entry& entry : entries) {
      node->weight += entry.value->weight + 1;
      node->height = std::max<std::uint16_t>(node->height,
                                             static_cast<std::uint16_t>(entry.value->height + 1));
    }
    store_.assign(node, entries);
    return node;
  }

  void check_unique(const std::vector<Entry>& entries) {
    auto report = [&](const Entry& first, const Entry& second) {
      fail("compose.duplicate_key", "the key '" + std::string(second.key) + "' appears twice",
           "keep one of the two",
           {store_.label(second.place, "again"), store_.label(first.place, "first")});
    };
    if (entries.size() <= 16) {
      for (std::size_t i = 1; i < entries.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (entries[i].hash == entries[j].hash && entries[i].key == entries[j].key)
            report(entries[j], entries[i]);
        }
      }
      return;
    }
    std::unordered_map<std::string_view, const Entry*> seen;
    for (const Entry& entry : entries) {
      auto [at, is_new] = seen.emplace(entry.key, &entry);
      if (!is_new) report(*at->second, entry);
    }
  }

  /// `<<`: the map's own keys win, then the earlier of several merged maps.
  std::vector<Entry> merged(const std::vector<Entry>& entries) {
    std::unordered_map<std::string_view, bool> seen;
    for (const Entry& entry : entries) {
      if (entry.hash != 0 || entry.key != "<<") seen.emplace(entry.key, true);
    }
    std::vector<Entry> all;
    auto take = [&](const Node* map, Place place) {
      if (map->kind != Kind::mapping) {
        fail("compose.bad_merge_key",
             std::string("'<<' takes a map or a list of maps, this is ") + name_of(map),
             "point it at an anchor on a map", {store_.label(place, name_of(map))});
      }
      for (std::uint32_t i = 0; i < map->size; ++i) {
        if (seen.emplace(map->entries[i].key, true).second) all.push_back(map->entries[i]);
      }
    };
    for (const Entry& entry : entries) {
      if (entry.hash != 0 || entry.key != "<<") {
        all.push_back(entry);
      } else if (entry.value->kind == Kind::sequence) {
        for (std::uint32_t i = 0; i < entry.value->size; ++i)
          take(entry.value->items[i], entry.place);
      } else {
        take(entry.value, entry.place);
      }
    }
    return all;
  }

  Store& store_;
  Events events_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::vector<std::string_view> path_;
  std::vector<std::vector<std::string_view>> resets_;
  std::vector<Node*> items_;
  std::vector<Entry> entries_;
  std::uint64_t nodes_ = 0;
  int muted_ = 0;
};

}  // namespace

std::vector<Document> parse(Store& store, std::uint32_t file) {
  const Source& source = store.sources[file];
  if (source.text.size() > max_file_size) {
    fail("compose.too_large", "'" + source.path + "' is larger than 1 MiB",
         "a compose file this large is a mistake", {Label{source.path, 0, 0, 0, {}}});
  }
  return Reader(store, file).read();
}

}  // namespace harbor::compose
