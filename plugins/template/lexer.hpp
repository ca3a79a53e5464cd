// Cuts a Handlebars template into tokens, by the rules of the handlebars package.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax.hpp"

namespace harbor::templating {

struct Token {
  enum class Kind {
    content,
    comment,
    open,             // {{ and {{&
    open_unescaped,   // {{{
    open_block,       // {{#
    open_end,         // {{/
    open_inverse,     // {{^
    open_chain,       // {{else
    inverse,          // {{else}} and {{^}}
    close,            // }}
    close_unescaped,  // }}}
    open_sexpr,
    close_sexpr,
    equals,
    id,
    segment,  // [...]
    separator,
    at,
    string,
    number,
    word,         // true, false, null, undefined
    unsupported,  // a tag of the full language
    invalid,
    end,
  };

  Kind kind = Kind::end;
  std::string_view text;   ///< as written in the template
  std::string value = {};  ///< of a string or a segment
  Strip strip = {};
  std::size_t offset = 0;
};

/// The last token is `end`; the first `invalid` or `unsupported` one is followed by nothing else.
std::vector<Token> tokenize(std::string_view text);

/// Bytes of the white space (as ECMAScript's \s) at the start of `text`; 0 for none.
std::size_t leading_space(std::string_view text);

/// Bytes of the white space at the end of `text`.
std::size_t trailing_space(std::string_view text);

}  // namespace harbor::templating
