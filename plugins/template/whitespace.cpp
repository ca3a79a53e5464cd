#include "whitespace.hpp"

#include <algorithm>

#include "lexer.hpp"

namespace harbor::templating {
namespace {

using Body = std::vector<Node>;

// The order of steps, and which of them look at the text as written, is that of handlebars'
// WhitespaceControl: the result depends on both, and mustache_test.cpp and oracle_test.cpp compare.

/// What a node asks of its neighbours.
struct Request {
  Strip strip;
  bool opens_standalone = false;
  bool closes_standalone = false;
  bool is_standalone = false;
};

Content* content_at(Body& body, std::size_t i) {
  return i < body.size() ? std::get_if<Content>(&body[i]) : nullptr;
}

/// Whether only white space stands between the node before `i` and the start of i's line.
bool is_line_start(Body& body, std::size_t i, bool is_root) {
  if (i == 0) return is_root;
  const Content* before = content_at(body, i - 1);
  if (!before) return false;
  // The text as written: a tag on the line above may have trimmed the newline that proves that this
  // tag starts a line.
  const std::string_view text = before->original;
  const std::size_t space = trailing_space(text);
  if (text.substr(text.size() - space).find('\n') != std::string_view::npos) return true;
  return i == 1 && is_root && space == text.size();
}

/// Whether only white space stands between `i` and the end of its line; i is the node after the
/// tag.
bool is_line_end(Body& body, std::size_t i, bool is_root) {
  if (i >= body.size()) return is_root;
  const Content* behind = content_at(body, i);
  if (!behind) return false;
  const std::string_view text = behind->original;
  const std::size_t space = leading_space(text);
  if (text.substr(0, space).find('\n') != std::string_view::npos) return true;
  return i + 1 == body.size() && is_root && space == text.size();
}

/// Trims the start of node i: all its white space, or the rest of one line.
void trim_start(Body& body, std::size_t i, bool all = false) {
  Content* content = content_at(body, i);
  // A line is taken once: two standalone tags around one empty line must not take two.
  if (!content || (!all && content->is_right_stripped)) return;
  std::string_view& value = content->value;
  std::size_t size = 0;
  if (all) {
    size = leading_space(value);
  } else {
    size = std::min(value.find_first_not_of(" \t"), value.size());
    if (value.substr(size).starts_with('\r')) ++size;
    if (value.substr(size).starts_with('\n')) ++size;
  }
  value.remove_prefix(size);
  content->is_right_stripped = size > 0;
}

/// Trims the end of node i: all its white space, or the indentation of its last line.
void trim_end(Body& body, std::size_t i, bool all = false) {
  Content* content = content_at(body, i);
  if (!content || (!all && content->is_left_stripped)) return;
  std::string_view& value = content->value;
  const std::size_t kept =
      all ? value.size() - trailing_space(value) : value.find_last_not_of(" \t") + 1;
  content->is_left_stripped = kept < value.size();
  value = value.substr(0, kept);
}

void trim_first(Body& body, bool all = false) { trim_start(body, 0, all); }

void trim_last(Body& body, bool all = false) {
  if (!body.empty()) trim_end(body, body.size() - 1, all);
}

void control(Program& program, bool is_root);

Request control_block(Block& block) {
  if (block.program) control(*block.program, false);
  if (block.inverse) control(*block.inverse, false);

  Program& program = block.program ? *block.program : *block.inverse;
  Program* inverse = block.program && block.inverse ? &*block.inverse : nullptr;
  Program* first = inverse;
  Program* last = inverse;
  // The body of an else-if is a wrapper around one block; the text to trim lies inside that.
  if (inverse && inverse->is_chained) {
    first = &*std::get<std::unique_ptr<Block>>(inverse->body.front())->program;
    while (last->is_chained) last = &*std::get<std::unique_ptr<Block>>(last->body.back())->program;
  }

  Body& closing = (first ? *first : program).body;
  const Request request{.strip = {block.open_strip.open, block.close_strip.close},
                        .opens_standalone = is_line_end(program.body, 0, false),
                        .closes_standalone = is_line_start(closing, closing.size(), false)};
  if (block.open_strip.close) trim_first(program.body, true);
  if (!inverse) {
    if (block.close_strip.open) trim_last(program.body, true);
    return request;
  }
  if (block.inverse_strip.open) trim_last(program.body, true);
  if (block.inverse_strip.close) trim_first(first->body, true);
  if (block.close_strip.open) trim_last(last->body, true);
  if (is_line_start(program.body, program.body.size(), false) &&
      is_line_end(first->body, 0, false)) {
    trim_last(program.body);
    trim_first(first->body);
  }
  return request;
}

Request request_of(Node& node) {
  if (auto* block = std::get_if<std::unique_ptr<Block>>(&node)) return control_block(**block);
  if (auto* comment = std::get_if<Comment>(&node))
    return {.strip = comment->strip, .is_standalone = true};
  if (auto* mustache = std::get_if<Mustache>(&node)) return {.strip = mustache->strip};
  return {};
}

Body& opening_body(Node& node) {
  Block& block = *std::get<std::unique_ptr<Block>>(node);
  return (block.program ? *block.program : *block.inverse).body;
}

Body& closing_body(Node& node) {
  Block& block = *std::get<std::unique_ptr<Block>>(node);
  return (block.inverse ? *block.inverse : *block.program).body;
}

void control(Program& program, bool is_root) {
  Body& body = program.body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (std::holds_alternative<Content>(body[i])) continue;
    const Request request = request_of(body[i]);
    const bool starts_line = is_line_start(body, i, is_root);
    const bool ends_line = is_line_end(body, i + 1, is_root);
    if (request.strip.close) trim_start(body, i + 1, true);
    if (request.strip.open && i > 0) trim_end(body, i - 1, true);
    if (request.is_standalone && starts_line && ends_line) {
      trim_start(body, i + 1);
      if (i > 0) trim_end(body, i - 1);
    }
    if (request.opens_standalone && starts_line) {
      trim_first(opening_body(body[i]));
      if (i > 0) trim_end(body, i - 1);
    }
    if (request.closes_standalone && ends_line) {
      trim_start(body, i + 1);
      trim_last(closing_body(body[i]));
    }
  }
}

}  // namespace

void control_whitespace(Program& root) { control(root, true); }

}  // namespace harbor::templating
