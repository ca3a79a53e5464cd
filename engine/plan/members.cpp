#include "plan/members.hpp"

#include <algorithm>

#include "report/code_workflow.hpp"

namespace harbor::plan {
using nlohmann::json;

void refuse_plan(const std::string& at, const std::string& problem) {
  throw report::Error(
      report::diagnose(report::code::malformed_plan,
                       "the plan cannot be read: " + (at.empty() ? "" : "at " + at + " ") + problem,
                       {}, "plans are not meant to be edited: make a new one"));
}

Members::Members(const json& object, std::string at, std::initializer_list<std::string_view> known)
    : object_(object), at_(std::move(at)) {
  if (!object.is_object()) refuse_plan(at_, "an object is expected");
  for (const auto& [key, unused] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse_plan(at_, "'" + key + "' is not known");
}

const json* Members::find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

const json& Members::need(const char* key) const {
  const json* found = find(key);
  if (!found) refuse_plan(at_, std::string("'") + key + "' is missing");
  return *found;
}

const json& Members::object(const char* key) const {
  const json& found = need(key);
  if (!found.is_object()) refuse_plan(at(key), "an object is expected");
  return found;
}

const json& Members::list(const char* key) const {
  static const json none = json::array();
  const json* found = find(key);
  if (!found) return none;
  if (!found->is_array()) refuse_plan(at(key), "a list is expected");
  return *found;
}

std::string Members::text(const char* key) const { return text_of(need(key), at(key)); }

std::string Members::name(const char* key) const {
  auto found = text(key);
  if (found.empty()) refuse_plan(at(key), "a name is expected");
  return found;
}

bool Members::flag(const char* key) const {
  const json* found = find(key);
  if (!found) return false;
  if (!found->is_boolean()) refuse_plan(at(key), "true or false is expected");
  return found->get<bool>();
}

std::uint64_t Members::number(const char* key, std::uint64_t most) const {
  return number_of(need(key), at(key), most);
}

std::string text_of(const json& value, const std::string& at) {
  if (!value.is_string()) refuse_plan(at, "a text is expected");
  return value.get<std::string>();
}

std::uint64_t number_of(const json& value, const std::string& at, std::uint64_t most) {
  const bool is_negative =
      value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < 0;
  if (!value.is_number_integer() || is_negative || value.get<std::uint64_t>() > most)
    refuse_plan(at, "a whole number from 0 to " + std::to_string(most) + " is expected");
  return value.get<std::uint64_t>();
}

}  // namespace harbor::plan
