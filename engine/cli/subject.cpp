#include "cli/subject.hpp"

#include <algorithm>
#include <functional>
#include <harbor/pointer.hpp>
#include <set>

namespace harbor::cli {
using nlohmann::json;
using plugin::Naming;

namespace {

/// Keys may hold dots themselves: the pointer is found by walking the value, the longest key first.
bool walk(const json& value, std::string_view path, std::string& pointer, const json*& found) {
  if (path.empty()) {
    found = &value;
    return true;
  }
  if (value.is_array()) {
    const auto dot = path.find('.');
    const auto word = path.substr(0, dot);
    if (word.empty() || word.find_first_not_of("0123456789") != std::string_view::npos ||
        word.size() > 6)
      return false;
    const auto index = std::stoul(std::string(word));
    if (index >= value.size()) return false;
    pointer += "/" + std::string(word);
    return walk(value[index],
                dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1), pointer,
                found);
  }
  if (!value.is_object()) return false;
  for (auto dot = path.size();; dot = path.rfind('.', dot - 1)) {
    if (dot == std::string_view::npos || dot == 0) return false;
    const auto key = path.substr(0, dot);
    if (const auto member = value.find(std::string(key)); member != value.end()) {
      const auto before = pointer.size();
      pointer += pointer_to(key);
      if (walk(*member, dot == path.size() ? std::string_view() : path.substr(dot + 1), pointer,
               found))
        return true;
      pointer.resize(before);
    }
  }
}

/// `pointer` from the key at `depth` on; empty when it does not lead that deep.
std::string from_depth(const std::string& pointer, std::size_t depth) {
  std::size_t at = 0;
  for (std::size_t key = 1; key < depth && at != std::string::npos; ++key)
    at = pointer.find('/', at + 1);
  return at == std::string::npos ? std::string() : pointer.substr(at);
}

/// The chain of the closest part that has one.
json chain_of(const run::RunReport& report, const std::string& artifact, std::string pointer) {
  const auto origin = report.origins.find(artifact);
  if (origin == report.origins.end()) return json::array();
  while (!origin->second.contains(pointer) && !pointer.empty()) pointer.resize(pointer.rfind('/'));
  return origin->second.value(pointer, json::array());
}

void add_origins(const run::RunReport& report, const std::vector<Naming>& namings,
                 Subject& subject) {
  subject.chain = chain_of(report, subject.artifact, subject.pointer);
  const auto naming = std::find_if(namings.begin(), namings.end(), [&](const Naming& each) {
    return each.artifact == subject.artifact;
  });
  // A part with a name of its own is used by that name, no matter who owns it.
  const auto name = naming == namings.end() ? "" : from_depth(subject.pointer, naming->depth);
  subject.uses = name.empty() ? chain_of(report, subject.artifact + ".uses", subject.pointer)
                              : chain_of(report, naming->uses + ".uses", name);
}

/// Values `depth` keys below `value` whose own name is `name`.
void find_named(const json& value, std::size_t depth, const std::string& name, Subject at,
                std::vector<Subject>& out) {
  if (depth == 1) {
    if (walk(value, name, at.pointer, at.value)) out.push_back(std::move(at));
    return;
  }
  if (!value.is_object()) return;
  for (const auto& [key, below] : value.items())
    find_named(below, depth - 1, name, {at.artifact, at.pointer + pointer_to(key), key, {}, {}, {}},
               out);
}

}  // namespace

std::vector<Naming> namings_of(const plugin::Registry& registry, const run::RunReport& report) {
  std::vector<Naming> out;
  std::set<std::string> seen;
  for (const auto& [action, provider] : registry.actions())
    for (const Naming& naming : provider.action->namings)
      if (report.origins.contains(naming.artifact) && seen.insert(naming.artifact).second)
        out.push_back(naming);
  // What all share comes before what belongs to one owner.
  std::stable_sort(out.begin(), out.end(),
                   [](const Naming& a, const Naming& b) { return a.depth < b.depth; });
  return out;
}

std::vector<Subject> find_subjects(const run::RunReport& report, const std::vector<Naming>& namings,
                                   const std::string& name) {
  std::vector<Subject> out;
  for (const auto& [artifact, origin] : report.origins) {
    if (!report.artifacts.contains(artifact)) continue;
    for (const std::string& alias : {artifact, artifact.substr(0, artifact.rfind('.'))}) {
      if (name != alias && !name.starts_with(alias + ".")) continue;
      Subject subject{artifact, "", "", nullptr, {}, {}};
      const auto rest = name.size() > alias.size() ? std::string_view(name).substr(alias.size() + 1)
                                                   : std::string_view();
      if (!walk(report.artifacts[artifact], rest, subject.pointer, subject.value)) continue;
      add_origins(report, namings, subject);
      return {std::move(subject)};
    }
  }
  for (const Naming& naming : namings)
    if (report.artifacts.contains(naming.artifact))
      find_named(report.artifacts[naming.artifact], naming.depth, name,
                 {naming.artifact, "", "", nullptr, {}, {}}, out);
  for (Subject& subject : out) add_origins(report, namings, subject);
  return out;
}

std::vector<std::string> known_subjects(const run::RunReport& report,
                                        const std::vector<Naming>& namings) {
  std::vector<std::string> known;
  const auto add = [&](std::string text) {
    std::replace(text.begin(), text.end(), '/', '.');
    known.push_back(std::move(text));
  };
  for (const auto& [artifact, origin] : report.origins) {
    if (artifact.ends_with(".uses")) continue;
    for (const auto& [pointer, chain] : origin.items()) {
      add(artifact + pointer);
      for (const Naming& naming : namings)
        if (const auto name = from_depth(pointer, naming.depth);
            naming.artifact == artifact && !name.empty())
          add(name.substr(1));
    }
  }
  return known;
}

}  // namespace harbor::cli
