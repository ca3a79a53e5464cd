// Values in a template: how they are found, shown and judged, as ECMAScript does it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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

  const Json* get() const { return json_; }  ///< null for undefined
  bool is_missing() const { return json_ == nullptr; }
  bool is_null() const { return !json_ || json_->is_null(); }

 private:
  const Json* json_ = nullptr;
  std::shared_ptr<const Json> owned_;
};

/// An object of these members, whose names must differ, in linear time; inserting them one by one
/// is quadratic.
Json object_of(std::vector<std::pair<std::string, Json>>&& members);

/// The same value, its objects' keys in alphabetical order.
Json ordered(const nlohmann::json& json);

/// What a template reads, with an index of its large objects. Immutable: may be shared by threads.
class Data {
 public:
  explicit Data(Json root);
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  const Json& root() const { return *root_; }

  /// The member of an object, the element or `length` of an array, the `length` of a string.
  Value member(const Value& of, const std::string& name) const;

 private:
  using Index = std::unordered_map<std::string_view, const Json*>;

  void add(const Json& json);

  std::unique_ptr<const Json> root_;
  std::unordered_map<const Json*, Index> indices_;
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
