#include "plugin/codec.hpp"

#include <harbor/plugin.h>

#include <stdexcept>

namespace harbor::plugin {
namespace {

using nlohmann::json;

/// The operations that an action has, as bits.
enum Operation : unsigned { validate = 1, plan = 2, undo = 4, status = 8 };

std::size_t put(std::string& texts, const std::string& text) {
  texts += text;
  return text.size();
}

std::string take(std::string_view& texts, const json& length) {
  const auto count = length.get<std::size_t>();
  if (count > texts.size()) throw std::out_of_range("texts are cut off");
  std::string text(texts.substr(0, count));
  texts.remove_prefix(count);
  return text;
}

/// Five values per binding, side by side: nested arrays would take most of the time of reading.
json encode(const std::vector<Binding>& bindings) {
  json row = json::array();
  for (const Binding& binding : bindings) {
    row.push_back(binding.property);
    row.push_back(binding.artifact);
    row.push_back(binding.required);
    row.push_back(binding.recorded);
    row.push_back(binding.otherwise);
  }
  return row;
}

std::vector<Binding> decode_bindings(const json& row) {
  std::vector<Binding> bindings;
  bindings.reserve(row.size() / 5);
  for (std::size_t i = 0; i < row.size(); i += 5)
    bindings.push_back({row[i].get<std::string>(), row.at(i + 1).get<std::string>(),
                        row.at(i + 2).get<bool>(), row.at(i + 3).get<bool>(),
                        row.at(i + 4).get<std::string>()});
  return bindings;
}

/// The flags of a property, as bits.
enum Flag : unsigned { literal = 1, writes = 2, greedy = 4 };

/// Five values per property, side by side.
json encode(const std::vector<PropertyMarks>& marked) {
  json row = json::array();
  for (const PropertyMarks& marks : marked) {
    row.push_back(marks.name);
    row.push_back((marks.literal ? literal : 0u) | (marks.writes ? writes : 0u) |
                  (marks.greedy ? greedy : 0u));
    row.push_back(static_cast<unsigned char>(marks.letter));
    row.push_back(marks.value_name);
    row.push_back(marks.instead);
  }
  return row;
}

std::vector<PropertyMarks> decode_marked(const json& row) {
  std::vector<PropertyMarks> marked;
  marked.reserve(row.size() / 5);
  for (std::size_t i = 0; i < row.size(); i += 5) {
    const auto flags = row.at(i + 1).get<unsigned>();
    marked.push_back({.name = row[i].get<std::string>(),
                      .literal = (flags & literal) != 0,
                      .writes = (flags & writes) != 0,
                      .greedy = (flags & greedy) != 0,
                      .letter = static_cast<char>(row.at(i + 2).get<unsigned char>()),
                      .value_name = row.at(i + 3).get<std::string>(),
                      .instead = row.at(i + 4).get<std::string>()});
  }
  return marked;
}

/// Three values per naming, side by side.
json encode(const std::vector<Naming>& namings) {
  json row = json::array();
  for (const Naming& naming : namings) {
    row.push_back(naming.artifact);
    row.push_back(naming.depth);
    row.push_back(naming.uses);
  }
  return row;
}

std::vector<Naming> decode_namings(const json& row) {
  std::vector<Naming> namings;
  for (std::size_t i = 0; i < row.size(); i += 3)
    namings.push_back({row[i].get<std::string>(), row.at(i + 1).get<std::size_t>(),
                       row.at(i + 2).get<std::string>()});
  return namings;
}

json encode(const std::optional<Face>& face) {
  if (!face) return nullptr;
  return {face->command, face->args, face->verbatim, face->print, face->exit};
}

std::optional<Face> decode_face(const json& row) {
  if (row.is_null()) return {};
  return Face{.command = row.at(0).get<std::string>(),
              .args = row.at(1).get<std::vector<std::string>>(),
              .verbatim = row.at(2).get<bool>(),
              .print = row.at(3).get<std::string>(),
              .exit = row.at(4).get<std::string>()};
}

json encode(const ActionInfo& action, std::string& texts) {
  const unsigned operations = (action.has_validate ? validate : 0u) |
                              (action.has_plan ? plan : 0u) | (action.has_undo ? undo : 0u) |
                              (action.has_status ? status : 0u);
  // An array, since with an object, most of the text would be keys.
  json row = json::array({action.name, action.effects, action.flags, operations, action.section,
                          action.requires_caps, action.provides_caps});
  row.push_back(encode(action.face));
  row.push_back(encode(action.consumes));
  row.push_back(encode(action.publishes));
  row.push_back(encode(action.marked));
  row.push_back(action.results);
  row.push_back(encode(action.namings));
  row.push_back(put(texts, action.doc));
  row.push_back(put(texts, action.input_schema));
  row.push_back(put(texts, action.output_schema));
  row.push_back(action.hooks);
  return row;
}

ActionInfo decode_action(const json& row, std::string_view& texts) {
  // at() and not []: a damaged cache throws here and is scanned again.
  ActionInfo action;
  action.name = row.at(0).get<std::string>();
  action.effects = row.at(1).get<std::uint64_t>();
  action.flags = row.at(2).get<std::uint32_t>();
  const auto operations = row.at(3).get<unsigned>();
  action.has_validate = (operations & validate) != 0;
  action.has_plan = (operations & plan) != 0;
  action.has_undo = (operations & undo) != 0;
  action.has_status = (operations & status) != 0;
  action.section = row.at(4).get<std::string>();
  action.requires_caps = row.at(5).get<std::vector<std::string>>();
  action.provides_caps = row.at(6).get<std::vector<std::string>>();
  action.face = decode_face(row.at(7));
  action.consumes = decode_bindings(row.at(8));
  action.publishes = decode_bindings(row.at(9));
  action.marked = decode_marked(row.at(10));
  action.results = row.at(11).get<std::vector<std::string>>();
  action.namings = decode_namings(row.at(12));
  action.doc = take(texts, row.at(13));
  action.input_schema = take(texts, row.at(14));
  action.output_schema = take(texts, row.at(15));
  action.hooks = row.at(16).get<std::vector<std::string>>();
  return action;
}

}  // namespace

std::string to_text(const Encoded& encoded) {
  return json{{"index", encoded.index}, {"texts", encoded.texts.size()}}.dump() + "\n" +
         encoded.texts;
}

EncodedView parse_encoded(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) throw std::out_of_range("the first line is cut off");
  json head = json::parse(text.substr(0, end));
  EncodedView view{.index = std::move(head.at("index")), .texts = text.substr(end + 1)};
  if (view.texts.size() != head.at("texts").get<std::size_t>())
    throw std::out_of_range("texts are cut off");
  return view;
}

json encode(const Pack& pack, std::string& texts) {
  json actions = json::array();
  for (const ActionInfo& action : pack.actions) actions.push_back(encode(action, texts));
  json failures = json::array();
  for (const FailureInfo& failure : pack.failures)
    failures.push_back(
        {failure.code, failure.status, put(texts, failure.title), put(texts, failure.explanation)});
  return {{"id", pack.id},
          {"version", pack.version},
          {"vendor", pack.vendor},
          {"license", pack.license},
          {"url", pack.url},
          {"abi", {pack.abi_major, pack.abi_minor}},
          {"sha256", pack.sha256},
          {"actions", std::move(actions)},
          {"failures", std::move(failures)}};
}

Pack decode_pack(const json& index, std::string_view& texts) {
  Pack pack;
  pack.id = index.at("id").get<std::string>();
  pack.version = index.at("version").get<std::string>();
  pack.vendor = index.at("vendor").get<std::string>();
  pack.license = index.at("license").get<std::string>();
  pack.url = index.at("url").get<std::string>();
  pack.abi_major = index.at("abi").at(0).get<unsigned>();
  pack.abi_minor = index.at("abi").at(1).get<unsigned>();
  pack.sha256 = index.at("sha256").get<std::string>();
  pack.actions.reserve(index.at("actions").size());
  for (const json& row : index.at("actions")) pack.actions.push_back(decode_action(row, texts));
  for (const json& row : index.at("failures")) {
    FailureInfo failure{.code = row.at(0).get<std::string>(),
                        .status = row.at(1).get<int>(),
                        .title = {},
                        .explanation = {}};
    failure.title = take(texts, row.at(2));
    failure.explanation = take(texts, row.at(3));
    pack.failures.push_back(std::move(failure));
  }
  return pack;
}

json encode(const Fault& fault) {
  return {{"code", fault.code}, {"found", fault.found}, {"hint", fault.hint}};
}

Fault decode_fault(const json& index) {
  return {index.at("code").get<std::string>(), index.at("found").get<std::string>(),
          index.at("hint").get<std::string>()};
}

}  // namespace harbor::plugin
