// harbor/testing/secret.hpp - a vault whose values a test can look at.
#pragma once

#include <harbor/plugin.h>
#include <harbor/testing/bench.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::testing {

/// The host's power to keep secrets.
class Secrets : virtual public Bench {
 public:
  /// Puts a secret into the vault, to be used in an input: {"$secret": "REF"}.
  json secret(std::string_view value);
  /// The value of {"$secret": "REF"}. Throws Misuse for anything else.
  [[nodiscard]] std::string reveal(const json& secret) const;

  std::vector<std::pair<std::string, std::string>> secrets_put;  ///< name, value; oldest first

 protected:
  Secrets() {
    functions().put_secret = do_put_secret;
    functions().with_secret = do_with_secret;
  }

 private:
  static harbor_status do_put_secret(harbor_call*, harbor_str, harbor_str, harbor_str*) noexcept;
  static harbor_status do_with_secret(harbor_call*, harbor_str, void (*)(void*, harbor_str),
                                      void*) noexcept;
};

inline json Secrets::secret(std::string_view value) {
  const std::string reference = "vault:" + std::to_string(vault_.size() + 1);
  vault_[reference] = std::string(value);
  return {{"$secret", reference}};
}

inline std::string Secrets::reveal(const json& secret) const {
  const bool is_reference = secret.is_object() && secret.value("$secret", json()).is_string();
  const auto found =
      is_reference ? vault_.find(secret["$secret"].get<std::string>()) : vault_.end();
  if (found == vault_.end()) throw Misuse("no secret of this host: " + secret.dump());
  return found->second;
}

inline harbor_status Secrets::do_put_secret(harbor_call* call, harbor_str name, harbor_str value,
                                            harbor_str* reference) noexcept {
  auto& host = of<Secrets>(call);
  return host.answer("put_secret", [&] {
    if (!host.declares(HARBOR_FX_SECRETS, "HARBOR_FX_SECRETS")) return HARBOR_E_DENIED;
    host.secrets_put.emplace_back(detail::text(name), detail::text(value));
    *reference = host.keep(host.secret(detail::text(value))["$secret"].get<std::string>());
    return HARBOR_OK;
  });
}

inline harbor_status Secrets::do_with_secret(harbor_call* call, harbor_str reference,
                                             void (*use)(void*, harbor_str), void* user) noexcept {
  auto& host = of<Secrets>(call);
  return host.answer("with_secret", [&]() -> harbor_status {
    if (!host.declares(HARBOR_FX_SECRETS, "HARBOR_FX_SECRETS")) return HARBOR_E_DENIED;
    const auto found = host.vault_.find(detail::text(reference));
    if (found == host.vault_.end()) return HARBOR_E_DENIED;
    std::string value = found->second;
    use(user, {value.data(), value.size()});
    std::fill(value.begin(), value.end(), '\0');
    return HARBOR_OK;
  });
}

}  // namespace harbor::testing
