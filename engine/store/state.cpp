#include "store/state.hpp"

#include <algorithm>

#include "report/code_store.hpp"
#include "store/seal.hpp"
#include "system/file.hpp"

namespace harbor::store {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t state_limit = 256u << 20;

fs::path state_path(const fs::path& var) { return var / "state" / "state.json"; }

[[noreturn]] void fail_damaged(const fs::path& path, const std::string& what) {
  throw report::Error{report::diagnose(
      report::code::state_damaged, "the state '" + path.string() + "' is damaged: " + what, {},
      "put back a copy of it; without one, look for what is deployed by hand, take it down, then "
      "delete the file")};
}

/// Unreadable is never absent: who could not read it must not conclude that nothing is deployed.
std::optional<std::string> read_text(const fs::path& path) {
  try {
    return system::read_file(path, state_limit);
  } catch (const report::Error& error) {
    auto problems = error.diagnostics();
    if (problems.front().hint.empty())
      problems.front().hint = "it says what is deployed; put back a copy of it";
    throw report::Error{std::move(problems)};
  }
}

void put_maker(json& into, const Maker& maker) {
  into["step"] = maker.step;
  into["action"] = maker.action;
  into["pack"] = maker.pack;
  into["packVersion"] = maker.pack_version;
  into["run"] = maker.run;
  into["serial"] = maker.serial;
}

Maker maker_from(const json& value) {
  return {value.at("step").get<std::string>(), value.at("action").get<std::string>(),
          value.at("pack").get<std::string>(), value.at("packVersion").get<std::string>(),
          value.at("run").get<std::string>(),  value.at("serial").get<std::uint64_t>()};
}

json to_json(const State& state) {
  json artifacts = json::object();
  for (const auto& [name, artifact] : state.artifacts) {
    json& entry = artifacts[name] = {{"value", artifact.value}};
    put_maker(entry, artifact.maker);
  }
  json states = json::array();
  for (const SavedState& saved : state.states) {
    states.push_back({{"state", saved.state}});
    put_maker(states.back(), saved.maker);
  }
  return {{"format", state_format},
          {"serial", state.serial},
          {"artifacts", std::move(artifacts)},
          {"states", std::move(states)}};
}

State state_from(const json& value) {
  State state;
  state.serial = value.at("serial").get<std::uint64_t>();
  for (const auto& [name, artifact] : value.at("artifacts").items())
    state.artifacts.emplace(name, RecordedArtifact{artifact.at("value"), maker_from(artifact)});
  for (const json& saved : value.at("states"))
    state.states.push_back({saved.at("state"), maker_from(saved)});
  return state;
}

bool is_by(const SavedState& saved, std::string_view step, std::string_view action) {
  return saved.maker.step == step && saved.maker.action == action;
}

}  // namespace

State read_state(const fs::path& var) {
  const fs::path path = state_path(var);
  const auto text = read_text(path);
  if (!text) return {};
  const auto object =
      text->ends_with('\n') ? unsealed({text->data(), text->size() - 1}) : std::nullopt;
  // A half that parses would be taken for the whole, and destroy would then leave the rest behind:
  // nothing of it is used.
  if (!object) fail_damaged(path, "it does not match its checksum");
  try {
    const json value = json::parse(*object);
    if (const auto format = value.at("format").get<unsigned>(); format > state_format)
      throw report::Error{report::diagnose(
          report::code::newer_format,
          "the state '" + path.string() + "' has format " + std::to_string(format) +
              ", and this Harbor knows formats up to " + std::to_string(state_format),
          {}, "use the Harbor that deployed here, or a newer one")};
    return state_from(value);
  } catch (const json::exception& error) {
    fail_damaged(path, error.what());
  }
}

StateFile::StateFile(const fs::path& var) : path_(state_path(var)), state_(read_state(var)) {
  // What a killed run did not get to rename. The lock is held: nobody is writing there now.
  std::error_code error;
  for (fs::directory_iterator entry{path_.parent_path(), error}, end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".tmp") fs::remove(entry->path(), ignored);
  }
}

State StateFile::now() const {
  const std::scoped_lock guard{mutex_};
  return state_;
}

void StateFile::replace(State next) {
  const auto text = to_json(next).dump(-1, ' ', false, json::error_handler_t::replace);
  system::write_file(path_, sealed(text) + '\n');
  state_ = std::move(next);
}

std::uint64_t StateFile::save(SavedState saved) {
  const std::scoped_lock guard{mutex_};
  State next = state_;
  std::erase_if(next.states, [&](const SavedState& one) {
    return is_by(one, saved.maker.step, saved.maker.action);
  });
  saved.maker.serial = ++next.serial;
  next.states.push_back(std::move(saved));
  replace(std::move(next));
  return state_.serial;
}

std::uint64_t StateFile::record(const Maker& maker, const std::map<std::string, json>& artifacts) {
  const std::scoped_lock guard{mutex_};
  State next = state_;
  ++next.serial;
  // Rounds of one step record one after another, in one run: they add to what is there.
  std::erase_if(next.artifacts, [&](const auto& one) {
    const Maker& earlier = one.second.maker;
    return earlier.step == maker.step && earlier.action == maker.action && earlier.run != maker.run;
  });
  for (const auto& [name, value] : artifacts) {
    RecordedArtifact& artifact = next.artifacts[name] = {value, maker};
    artifact.maker.serial = next.serial;
  }
  replace(std::move(next));
  return state_.serial;
}

void StateFile::drop(std::string_view step, std::string_view action) {
  const std::scoped_lock guard{mutex_};
  State next = state_;
  if (std::erase_if(next.states, [&](const SavedState& one) { return is_by(one, step, action); }) ==
      0)
    return;
  ++next.serial;
  replace(std::move(next));
}

void StateFile::clear() {
  const std::scoped_lock guard{mutex_};
  if (state_.is_empty()) return;
  // The serial goes on: what is deployed next is later than all that was.
  replace({.serial = state_.serial + 1});
}

}  // namespace harbor::store
