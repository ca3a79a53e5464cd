// Values in a template: how they are found, shown and judged, as ECMAScript does it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "syntax.hpp"

namespace harbor::templating {

/// A value in the data, or one that a helper made. Cheap to copy; refers to the data.
class Value {
 public:
  Value() = default;  ///< undefined
  explicit Value(const Json& json) : json_(&json) {}

  static Value own(Json json) {
    Value value;
    value.owned_ = std::make_shared<const Json>(std::move(json));
    value.json_ = value.owned_.get();
    return value;
  }

  /// The same value, known to come from a secret.
  Value from_secret() && {
    is_from_secret_ = true;
    return std::move(*this);
  }

  const Json* get() const { return json_; }  ///< null for undefined
  /// Whether a helper made it from a secret; of the data's own values Data knows.
  bool is_from_secret() const { return is_from_secret_; }
  bool is_missing() const { return json_ == nullptr; }
  bool is_null() const { return !json_ || json_->is_null(); }

 private:
  const Json* json_ = nullptr;
  std::shared_ptr<const Json> owned_;
  bool is_from_secret_ = false;
};

/// Where a value stands: names of members and indices, from the root on.
using Place = std::vector<std::string>;

/// An object of these members, whose names must differ, in linear time; inserting them one by one
/// is quadratic.
Json object_of(std::vector<std::pair<std::string, Json>>&& members);

/// The same value, its objects' keys in alphabetical order.
Json ordered(const nlohmann::json& json);

/// What a template reads, with an index of its large objects. Immutable: may be shared by threads.
class Data {
 public:
  explicit Data(Json root) : Data(std::move(root), {}) {}
  Data(Json root, const std::vector<Place>& secrets);
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  const Json& root() const { return *root_; }

  /// The member of an object, the element or `length` of an array, the `length` of a string.
  Value member(const Value& of, const std::string& name) const;
  /// Whether it is a secret, or holds one, or was made from one.
  bool is_secret(const Value& value) const {
    return value.is_from_secret() || secrets_.contains(value.get());
  }

 private:
  using Index = std::unordered_map<std::string_view, const Json*>;

  void add(const Json& json);

  std::unique_ptr<const Json> root_;
  std::unordered_map<const Json*, Index> indices_;
  std::unordered_set<const Json*> secrets_;  ///< and what they stand in
};

bool is_truthy(const Value& value);  ///< false for "", 0, false, null and undefined
bool is_empty(const Value& value);   ///< as truthy says, but 0 is not empty and [] is

/// Whether two contexts are the same one, so that `../` skips one of them.
bool is_same(const Value& a, const Value& b);

/// String(value): "" for null, elements joined by commas for an array.
std::string text_of(const Json& json);

/// `text` with & < > " ' ` = as entities.
void append_escaped(std::string& out, std::string_view text);

}  // namespace harbor::templating
