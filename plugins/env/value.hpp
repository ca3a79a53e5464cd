// Environments as artifacts hold them: texts, and references to secrets.
#pragma once

#include <harbor/action.hpp>
#include <map>
#include <string>
#include <utility>

#include "layer.hpp"

namespace harbor::env {

/// Puts each secret into the vault, each value of a name once.
class Writer {
 public:
  explicit Writer(Context& context) : context_(context) {}

  json values(const Environment& environment);
  /// A text, or a reference. An empty secret would mask nothing, and is none.
  json value(const std::string& name, const std::string& text, bool is_secret);

 private:
  Context& context_;
  std::map<std::pair<std::string, std::string>, json> references_;
};

/// The text behind an artifact's value.
std::string reveal(Context& context, const json& value);

/// Where each variable is from: name -> {"layer", "file", "line"}.
json layers_json(const Environment& environment);

/// Pointers to chains, as emit_origin() takes them; no value of a secret stands there.
void add_origins(json& out, const std::string& prefix, const Environment& environment);

/// Who uses variables: those of `environment` whose values were made from them, as emit_origin()
/// takes it.
void add_uses(json& out, const Environment& environment);

}  // namespace harbor::env
