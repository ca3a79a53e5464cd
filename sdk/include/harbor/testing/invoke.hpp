// harbor/testing/invoke.hpp - other actions and hooks, answered by the test.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/bench.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace harbor::testing {

/// The power to call other actions.
class Invocations : virtual public Bench {
 public:
  /// The answer to invoke(action, ...).
  void on_invoke(const std::string& action, std::function<json(const json& input)> answer) {
    invocable_[action] = std::move(answer);
  }

  // Oldest first.
  std::vector<std::pair<std::string, json>> hooks;        ///< point, payload
  std::vector<std::pair<std::string, json>> invocations;  ///< action, input

 protected:
  Invocations() {
    functions().invoke = do_invoke;
    functions().raise_hook = do_raise_hook;
  }

 private:
  static harbor_status do_invoke(harbor_call*, harbor_str, harbor_str, harbor_str*) noexcept;
  static harbor_status do_raise_hook(harbor_call*, harbor_str, harbor_str) noexcept;

  std::map<std::string, std::function<json(const json&)>> invocable_;
};

inline harbor_status Invocations::do_invoke(harbor_call* call, harbor_str action, harbor_str input,
                                            harbor_str* output) noexcept {
  auto& host = of<Invocations>(call);
  return host.answer("invoke", [&] {
    json value;
    if (!host.parse(input, "invoke", value)) return HARBOR_E_INTERNAL;
    const std::string name = detail::text(action);
    host.invocations.emplace_back(name, value);
    const auto found = host.invocable_.find(name);
    if (found == host.invocable_.end()) {
      host.misused("no answer for invoke(" + name + ")");
      return HARBOR_E_NOT_FOUND;
    }
    const json answer = found->second(value);
    *output = answer.is_null() ? harbor_str{} : host.keep(answer.dump());
    return HARBOR_OK;
  });
}

inline harbor_status Invocations::do_raise_hook(harbor_call* call, harbor_str point,
                                                harbor_str payload) noexcept {
  auto& host = of<Invocations>(call);
  return host.answer("raise_hook", [&] {
    json value;
    if (!host.parse(payload, "raise_hook", value)) return HARBOR_E_INTERNAL;
    host.hooks.emplace_back(detail::text(point), std::move(value));
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
