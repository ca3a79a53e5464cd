#include "plan/expression_json.hpp"

#include <limits>

#include "document/scalar.hpp"
#include "plan/members.hpp"

namespace harbor::plan {
using document::Kind;
using document::Mark;
using nlohmann::json;

namespace {

constexpr Kind kinds[] = {Kind::null,   Kind::boolean,  Kind::integer, Kind::number,
                          Kind::string, Kind::sequence, Kind::mapping};

Kind kind_from(const std::string& word, const std::string& at) {
  for (const Kind kind : kinds)
    if (to_string(kind) == word) return kind;
  refuse_plan(at, "'" + word + "' is not a kind of value");
}

/// The text of a scalar is converted later without a check, so its kind must be checked here.
void check_text(Kind kind, const std::string& text, const std::string& at) {
  const Kind plain = document::kind_of(text);
  const bool fits = kind == Kind::boolean || kind == Kind::integer ? plain == kind
                    : kind == Kind::number ? plain == Kind::integer || plain == Kind::number
                                           : true;
  if (!fits) refuse_plan(at, "'" + text + "' is no " + std::string(to_string(kind)));
}

}  // namespace

json mark_to_json(const Mark& mark) { return {mark.source, mark.line, mark.column, mark.length}; }

Mark mark_from_json(const json& value, const std::string& at, std::size_t sources) {
  if (!value.is_array() || value.size() != 4)
    refuse_plan(at, "a place of four numbers is expected");
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  const auto part = [&](std::size_t i) {
    return static_cast<std::uint32_t>(number_of(value[i], at, most));
  };
  const Mark mark{part(0), part(1), part(2), part(3)};
  if (mark.source != 0 && mark.source >= sources) refuse_plan(at, "the place is in no source");
  return mark;
}

json expression_to_json(const Expression& expression) {
  json out = {{"kind", to_string(expression.kind)}, {"at", mark_to_json(expression.mark)}};
  if (expression.kind == Kind::sequence) {
    json items = json::array();
    for (const auto& item : expression.items) items.push_back(expression_to_json(item));
    out["items"] = std::move(items);
  } else if (expression.kind == Kind::mapping) {
    json members = json::array();
    for (const auto& member : expression.members)
      members.push_back({{"key", member.key},
                         {"at", mark_to_json(member.key_mark)},
                         {"value", expression_to_json(member.value)}});
    out["members"] = std::move(members);
  } else {
    out["text"] = expression.text;
  }
  return out;
}

Expression expression_from_json(const json& value, const std::string& at, std::size_t sources) {
  const Members read(value, at, {"kind", "at", "text", "items", "members"});
  Expression out;
  out.kind = kind_from(read.text("kind"), read.at("kind"));
  out.mark = mark_from_json(read.need("at"), read.at("at"), sources);
  if (out.kind == Kind::sequence) {
    for (std::size_t i = 0; const json& item : read.list("items"))
      out.items.push_back(
          expression_from_json(item, read.at("items") + "/" + std::to_string(i++), sources));
  } else if (out.kind == Kind::mapping) {
    for (std::size_t i = 0; const json& row : read.list("members")) {
      const Members member(row, read.at("members") + "/" + std::to_string(i++),
                           {"key", "at", "value"});
      out.members.push_back(
          {member.text("key"), mark_from_json(member.need("at"), member.at("at"), sources),
           expression_from_json(member.need("value"), member.at("value"), sources)});
    }
  } else {
    out.text = read.text("text");
    check_text(out.kind, out.text, read.at("text"));
  }
  return out;
}

}  // namespace harbor::plan
