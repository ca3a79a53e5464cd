// What the steps of a run tell one another: outputs and artifacts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace harbor::run {

/// Thread-safe. Values never change once they are here; what a reader holds stays valid.
class Blackboard {
 public:
  using Value = std::shared_ptr<const nlohmann::json>;

  void set_output(const std::string& step, nlohmann::json output) {
    put(outputs_, step, std::make_shared<nlohmann::json>(std::move(output)));
  }
  void publish(const std::string& artifact, nlohmann::json value) {
    put(artifacts_, artifact, std::make_shared<nlohmann::json>(std::move(value)));
  }
  /// Several steps may say who uses an artifact ("NAME.uses"): what they say is joined.
  void set_origin(const std::string& artifact, nlohmann::json origin) {
    if (const auto known = get(origins_, artifact); known && artifact.ends_with(".uses"))
      for (const auto& [pointer, uses] : known->items()) {
        auto& all = origin[pointer];
        if (!all.is_array()) all = nlohmann::json::array();
        all.insert(all.begin(), uses.begin(), uses.end());
      }
    put(origins_, artifact, std::make_shared<nlohmann::json>(std::move(origin)));
  }

  [[nodiscard]] Value output(std::string_view step) const { return get(outputs_, step); }
  [[nodiscard]] Value artifact(std::string_view name) const { return get(artifacts_, name); }

  /// Moves everything out once the run is over: artifacts may be large.
  [[nodiscard]] nlohmann::json take_artifacts() {
    nlohmann::json all = nlohmann::json::object();
    for (auto& [name, value] : take(artifacts_)) all[name] = std::move(value);
    return all;
  }
  [[nodiscard]] std::map<std::string, nlohmann::json> take_origins() { return take(origins_); }

 private:
  using Map = std::map<std::string, std::shared_ptr<nlohmann::json>, std::less<>>;

  void put(Map& map, const std::string& key, std::shared_ptr<nlohmann::json> value) {
    const std::unique_lock guard(mutex_);
    map[key] = std::move(value);
  }
  Value get(const Map& map, std::string_view key) const {
    const std::shared_lock guard(mutex_);
    const auto found = map.find(key);
    return found == map.end() ? nullptr : found->second;
  }

  std::map<std::string, nlohmann::json> take(Map& map) {
    const std::unique_lock guard(mutex_);
    std::map<std::string, nlohmann::json> all;
    for (auto& [name, value] : map) all[name] = std::move(*value);
    map.clear();
    return all;
  }

  mutable std::shared_mutex mutex_;
  Map outputs_, artifacts_, origins_;
};

}  // namespace harbor::run
