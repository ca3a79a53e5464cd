// harbor/testing/environment.hpp - an environment that the test sets up: "harbor.environment.v1".
#pragma once

#include <harbor/environment.h>
#include <harbor/testing/bench.hpp>

#include <map>
#include <string>

namespace harbor::testing {

/// The power to read variables.
class Environment : virtual public Bench {
 public:
  std::map<std::string, std::string> environment;  ///< what the user started Harbor with

 protected:
  Environment() { extend(HARBOR_ENVIRONMENT_ID, &environment_table); }

 private:
  static harbor_status do_environment(harbor_call*, harbor_str, harbor_str*) noexcept;
  static harbor_status do_names(harbor_call*, harbor_str, void (*)(void*, harbor_str),
                                void*) noexcept;

  static constexpr harbor_environment environment_table{sizeof(harbor_environment), 0,
                                                        do_environment, do_names};
};

inline harbor_status Environment::do_environment(harbor_call* call, harbor_str name,
                                                 harbor_str* value) noexcept {
  auto& host = of<Environment>(call);
  return host.answer("environment", [&]() -> harbor_status {
    if (!host.declares(HARBOR_FX_READ_HOST, "HARBOR_FX_READ_HOST")) return HARBOR_E_DENIED;
    const auto found = host.environment.find(detail::text(name));
    if (found == host.environment.end()) return HARBOR_E_NOT_FOUND;
    *value = host.keep(found->second);
    return HARBOR_OK;
  });
}

inline harbor_status Environment::do_names(harbor_call* call, harbor_str prefix,
                                           void (*visit)(void*, harbor_str), void* user) noexcept {
  auto& host = of<Environment>(call);
  return host.answer("environment_names", [&]() -> harbor_status {
    if (!host.declares(HARBOR_FX_READ_HOST, "HARBOR_FX_READ_HOST")) return HARBOR_E_DENIED;
    for (const auto& [name, value] : host.environment)
      if (name.starts_with(detail::text(prefix))) visit(user, detail::Bytes(name).view());
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
