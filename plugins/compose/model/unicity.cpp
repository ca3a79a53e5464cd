#include "unicity.hpp"

#include <unordered_map>

#include "scalar.hpp"
#include "short_form.hpp"

namespace harbor::compose {
namespace {

std::string text_at(const Node& map, std::string_view key) {
  const Node* held = get(&map, key);
  return held == nullptr ? std::string() : value_text(*held);
}

/// A value with its type, since Compose's key of {published: 80} differs from that of {published:
/// "80"}.
std::string typed_at(const Node& map, std::string_view key, const char* otherwise) {
  const Node* held = get(&map, key);
  if (held == nullptr) return otherwise;
  return std::string(type_of(*held) == Type::string ? "" : "#").append(value_text(*held));
}

std::string port_key(const Node& map) {
  const Node* target = get(&map, "target");
  return typed_at(map, "host_ip", "0.0.0.0") + ":" + typed_at(map, "published", "") + ":" +
         (target == nullptr ? std::string() : value_text(*target)) + "/" +
         typed_at(map, "protocol", "tcp");
}

std::string mount_key(const Node& item, bool cleaned) {
  if (item.kind == Kind::mapping) return text_at(item, "target");
  auto mount = parse_mount(item.text);
  if (!mount) return std::string("=").append(item.text);
  return cleaned ? clean_path(mount->target) : mount->target;
}

std::string device_key(const Node& item) {
  if (item.kind == Kind::mapping) return text_at(item, "target");
  std::string_view text = item.text;
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find('$') != std::string_view::npos)
    return std::string(text);
  std::string_view rest = text.substr(colon + 1);
  return std::string(rest.substr(0, rest.find(':')));
}

std::string file_key(const Node& item, const char* folder) {
  if (item.kind != Kind::mapping) return folder + std::string(item.text);
  return get(&item, "target") != nullptr ? text_at(item, "target")
                                         : folder + text_at(item, "source");
}

std::string assigned_key(std::string_view text) {
  std::string_view key = text.substr(0, text.find('='));
  return std::string(key.find('$') == std::string_view::npos ? key : text);
}

std::vector<Node*> pass(const std::vector<Node*>& items, const std::vector<std::string>& keys) {
  std::unordered_map<std::string_view, std::size_t> seen;
  std::vector<Node*> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto [at, is_new] = seen.emplace(keys[i], out.size());
    if (is_new) {
      out.push_back(items[i]);
    } else {
      out[at->second] = items[i];
    }
  }
  return out;
}

}  // namespace

std::string key_of(const Node& item, Index index) {
  switch (index) {
    case Index::volume:
      return mount_key(item, false);
    case Index::device:
      return device_key(item);
    case Index::secret:
      return file_key(item, "/run/secrets/");
    case Index::config:
      return file_key(item, "/");
    case Index::env_file:
      return item.kind == Kind::mapping ? text_at(item, "path") : std::string(item.text);
    case Index::port:
      return item.kind == Kind::mapping ? port_key(item) : value_text(item);
    case Index::expose:
      return value_text(item);
    case Index::key_value:
      // Compose refuses anything but text, so it need not be deduplicated.
      if (item.kind != Kind::scalar)
        return std::string("\x01").append(std::to_string(reinterpret_cast<std::uintptr_t>(&item)));
      return assigned_key(item.text);
    case Index::none:
      break;
  }
  return std::string(item.text);
}

std::string canonical_key_of(const Node& item, Index index) {
  return index == Index::volume ? mount_key(item, true) : key_of(item, index);
}

std::vector<Node*> unique(const std::vector<Node*>& items, std::size_t count, Index index) {
  if (index == Index::none || items.size() < 2) return items;
  std::vector<std::string> keys;
  keys.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    keys.push_back(i < count ? canonical_key_of(*items[i], index) : key_of(*items[i], index));
  }
  std::vector<Node*> once = pass(items, keys);
  if (index != Index::volume) return once;
  keys.clear();
  for (const Node* item : once) keys.push_back(canonical_key_of(*item, index));
  return pass(once, keys);
}

}  // namespace harbor::compose
