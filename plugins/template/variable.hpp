// What templates can read: the environment, extra values, and the selection.
#pragma once

#include <harbor/action.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "value.hpp"

namespace harbor::templating {

/// The variables of one service, secrets with their values.
struct Variables {
  Json root;  ///< keys in alphabetical order
  /// Names in the root that hold secrets, and the secrets.
  std::map<std::string, std::vector<std::string>, std::less<>> secrets;
  std::vector<Place> places;  ///< of all secrets in the root

  /// As an environment has it; nothing for what is not set, and for lists and objects.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
};

/// Makes the variables of each service from the input of the action. Values under `extra` override
/// the environment; `env` is the whole environment as an object, `services` and `options` are
/// lists, `service` is the service.
class VariableSource {
 public:
  /// Throws template.bad_value.
  VariableSource(Context& context, const json& input);

  /// "" stands for what all services share.
  Variables of(const std::string& service);

 private:
  /// A value with its secrets in it. Adds them, and where they stand beneath it.
  struct Found {
    std::vector<std::string> secrets;
    std::vector<Place> places;
  };
  Json reveal(const json& value, const Place& at, Found& found);

  Context& context_;
  const json& input_;
  std::map<std::string, std::string> known_;  ///< by reference
};

/// Masks what the tags of a template may make of these secrets: in capitals, in small letters,
/// with HTML's entities.
void mask_forms(Context& context, const std::vector<std::string>& secrets, std::string_view text,
                bool escapes_html);

}  // namespace harbor::templating
