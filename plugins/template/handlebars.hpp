// Handlebars without code: parse once, render often. No partials, lambdas, decorators, raw blocks
// or block parameters; what it renders is never rendered again.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marked.hpp"
#include "value.hpp"

namespace harbor::templating {

/// A parsed template. Immutable: may be copied, and rendered by several threads.
class Template {
 public:
  /// Throws harbor::Error with a label: `template.syntax`, `template.unsupported`,
  /// `template.unknown_helper`, `template.bad_argument`, `template.too_deep`.
  static Template parse(std::string text, std::string file);

  const std::string& file() const;
  const std::string& text() const;
  const Program& program() const;

 private:
  struct Parsed;
  std::shared_ptr<const Parsed> parsed_;
};

struct RenderOptions {
  bool is_strict = true;      ///< a missing variable is an error, except as the condition of if and
                              ///< unless, or for default
  bool escapes_html = false;  ///< {{x}} turns & < > " ' ` = into entities; {{{x}}} never does
  std::size_t max_output = std::size_t{16} << 20;  ///< bytes
  std::size_t max_steps = 10'000'000;              ///< tags and repetitions
};

/// Throws harbor::Error with a label: `template.missing_variable`, `template.bad_argument`,
/// `template.not_text`, `template.too_large`, `template.too_much_work`. No message holds a value.
Marked render_marked(const Template& parsed, const Data& data, const RenderOptions& options = {});
/// The same, the text alone.
std::string render(const Template& parsed, const Data& data, const RenderOptions& options = {});

/// The variables of the data's root that a template may read, sorted, each once.
std::vector<std::string> variables_of(const Template& parsed);

/// Whether a file of that name is HTML or XML, where {{x}} should be escaped.
bool is_markup(std::string_view file_name);

}  // namespace harbor::templating
