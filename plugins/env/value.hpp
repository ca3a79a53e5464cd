// Environments in the form of artifacts: texts, and references to secrets.
#pragma once

#include <harbor/action.hpp>
#include <map>
#include <string>
#include <utility>

#include "layer.hpp"

namespace harbor::env {

/// Puts secrets into the vault, each value of a name once.
class Writer {
 public:
  explicit Writer(Context& context) : context_(context) {}

  json values(const Environment& environment);
  /// A text, or a reference. An empty secret is written as text: there is nothing to mask.
  json value(const std::string& name, const std::string& text, bool is_secret);

 private:
  Context& context_;
  std::map<std::pair<std::string, std::string>, json> references_;
};

/// The text of an artifact's value, also of a secret.
std::string reveal(Context& context, const json& value);

/// Where each variable comes from: name -> {"layer", "file", "line"}.
json layers_json(const Environment& environment);

/// Pointers to chains, as emit_origin() takes them; without the values of secrets.
void add_origins(json& out, const std::string& prefix, const Environment& environment);

/// Which variables of `environment` use which others in their values, as emit_origin() takes it.
void add_uses(json& out, const Environment& environment);

}  // namespace harbor::env
