// From the input of template.render to the texts that are to be written.
#pragma once

#include <harbor/action.hpp>
#include <harbor/expansion.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "entry.hpp"
#include "handlebars.hpp"
#include "source.hpp"
#include "tree.hpp"
#include "variable.hpp"

namespace harbor::templating {

/// The run folder from the project folder: "var/run".
std::string run_name(const Context& context);

/// Variables of a service, with their index for templates.
struct Scope {
  explicit Scope(Variables all)
      : variables(std::move(all)), data(variables.root, variables.places) {}
  Variables variables;
  Data data;
};

/// Renders all entries, once. Failures of single files are recorded, so that all are reported.
class Renderer {
 public:
  /// Keeps references to both.
  Renderer(Context& context, const json& input)
      : context_(context), input_(input), source_(context, input) {}

  Trees render();
  /// Which templates use which variables, as emit_origin() takes it; known after a render() that
  /// plans.
  [[nodiscard]] const json& uses() const { return uses_; }

 private:
  void render_entry(const Entry& entry);
  bool render_service(const Entry& entry, const std::string& service);
  /// One file that a compose file mounts. Without a secret in it, every user of the container may
  /// read it.
  void render_mounted(const json& item);
  /// `text` with the variables that `lookup` asks for, by `substitute`.
  using Lookups = std::function<std::string(const Lookup& lookup)>;
  static void substitute_into(Rendered& out, const std::string& text, const Variables& variables,
                              const Lookups& substitute);
  /// A file with a secret is its owner's alone: the service's user, where that is a number.
  void own(Rendered& out) const;
  /// All that can be told of a template without the variables.
  void check_syntax(const Entry& entry, const std::string& file);
  Rendered render_file(const Entry& entry, const std::string& service, const Match& match);
  /// Each file once, however many services it is rendered for.
  void note_uses(const std::set<std::string, std::less<>>& used, const std::string& file);
  const Scope& scope_of(const std::string& service);
  const std::string& text_of_file(const std::string& file);
  const Template& parsed_template(const std::string& file);

  Context& context_;
  const json& input_;
  VariableSource source_;
  std::map<std::string, std::unique_ptr<Scope>> scopes_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, Template> parsed_;
  Trees trees_;
  json uses_ = json::object();
  std::set<std::string> noted_;
  std::size_t failures_ = 0;
};

}  // namespace harbor::templating
