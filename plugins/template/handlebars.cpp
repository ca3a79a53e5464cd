#include "handlebars.hpp"

#include <algorithm>
#include <set>

#include <harbor/place.hpp>
#include "helper.hpp"
#include "parser.hpp"

namespace harbor::templating {

struct Template::Parsed {
  std::string text;
  std::string file;
  Program program;
};

Template Template::parse(std::string text, std::string file) {
  auto parsed = std::make_shared<Parsed>();
  parsed->text = std::move(text);
  parsed->file = std::move(file);
  parsed->program = parse_template(parsed->text, parsed->file);
  Template result;
  result.parsed_ = std::move(parsed);
  return result;
}

const std::string& Template::file() const { return parsed_->file; }
const std::string& Template::text() const { return parsed_->text; }
const Program& Template::program() const { return parsed_->program; }

namespace {

/// Contexts from the innermost outwards: what `../` walks.
struct Scope {
  Value context;
  const Scope* outer = nullptr;
};

/// `@index` and its like, of one repetition.
struct Frame {
  const Frame* outer = nullptr;
  Value key;
  std::size_t index = 0;
  bool is_last = false;
};

class Renderer {
 public:
  Renderer(const Template& parsed, const Data& data, const RenderOptions& options)
      : template_(parsed), data_(data), options_(options) {}

  Marked run() {
    const Scope root{Value(data_.root()), nullptr};
    out_.reserve(template_.text().size() + template_.text().size() / 4);
    render(template_.program(), root, nullptr);
    return {std::move(out_), std::move(secrets_)};
  }

 private:
  /// Whether a missing variable is an error where it stands.
  enum class Missing { is_error, is_fine };

  void render(const Program& program, const Scope& scope, const Frame* frame) {
    for (const Node& node : program.body) {
      if (const auto* content = std::get_if<Content>(&node)) {
        append(content->value, {});
      } else if (const auto* mustache = std::get_if<Mustache>(&node)) {
        step(mustache->call.span);
        show(*mustache, invoke(mustache->call, scope, frame, Missing::is_error));
      } else if (const auto* block = std::get_if<std::unique_ptr<Block>>(&node)) {
        step((*block)->call.span);
        render(**block, scope, frame);
      }
    }
  }

  void render(const std::optional<Program>& program, const Scope& scope, const Frame* frame) {
    if (program) render(*program, scope, frame);
  }

  /// Renders with `context` as `this`. If the context stays the same, `../` does not count it.
  void render_in(const std::optional<Program>& program, const Value& context, const Scope& scope,
                 const Frame* frame) {
    if (is_same(context, scope.context)) return render(program, Scope{context, scope.outer}, frame);
    render(program, Scope{context, &scope}, frame);
  }

  void show(const Mustache& mustache, const Value& value) {
    if (value.is_null()) return;
    const Json& json = *value.get();
    const std::size_t begin = out_.size();
    // Handlebars prints "[object Object]", which no config wants and every config parser takes.
    if (json.is_object() && options_.is_strict)
      throw error("template.not_text",
                  "'" + mustache.call.path.original + "' is an object, not a text",
                  "name one of its members, or write {{json " + mustache.call.path.original + "}}",
                  mustache.call.span);
    append(mustache, json.is_string() ? json.get_ref<const std::string&>() : text_of(json));
    if (data_.is_secret(value)) secrets_.push_back({begin, out_.size()});
  }

  void append(const Mustache& mustache, std::string_view text) {
    if (mustache.is_escaped && options_.escapes_html) {
      // Measured afterwards, as only then the size is known; entities are at most six times longer.
      append_escaped(out_, text);
      append({}, mustache.call.span);
    } else {
      append(text, mustache.call.span);
    }
  }

  void append(std::string_view text, Span span) {
    if (out_.size() + text.size() > options_.max_output)
      throw error("template.too_large",
                  "the output grows beyond " + std::to_string(options_.max_output) + " bytes", "",
                  span);
    out_ += text;
  }

  void step(Span span) {
    if (++steps_ > options_.max_steps)
      throw error("template.too_much_work",
                  "the template takes more than " + std::to_string(options_.max_steps) + " steps",
                  "look for loops within loops over long lists", span);
  }

  void render(const Block& block, const Scope& scope, const Frame* frame) {
    const Call& call = block.call;
    if (call.helper == Helper::none) return section(block, scope, frame);
    // `{{#if DEBUG}}` is how a template asks whether a variable is set: it cannot be an error
    // there.
    const bool is_condition = call.helper == Helper::if_ || call.helper == Helper::unless;
    const Value value =
        evaluate(call.params[0], scope, frame, is_condition ? Missing::is_fine : Missing::is_error);
    if (is_condition) {
      const bool holds =
          is_truthy(value) ? !is_empty(value) : includes_zero(call, value, scope, frame);
      render(holds == (call.helper == Helper::if_) ? block.program : block.inverse, scope, frame);
    } else if (call.helper == Helper::each) {
      each(block, value, scope, frame);
    } else if (is_empty(value)) {
      render(block.inverse, scope, frame);
    } else {
      render_in(block.program, value, scope, frame);
    }
  }

  bool includes_zero(const Call& call, const Value& value, const Scope& scope, const Frame* frame) {
    if (call.hash.empty() || !value.get() || !value.get()->is_number()) return false;
    // The parser lets no other option than includeZero through.
    return is_truthy(evaluate(call.hash.back().second, scope, frame, Missing::is_fine));
  }

  /// `{{#name}}` and `{{^name}}`, Mustache's own blocks: a list repeats, false and null render
  /// nothing.
  void section(const Block& block, const Scope& scope, const Frame* frame) {
    const Value value = invoke(block.call, scope, frame, Missing::is_error);
    const Json* json = value.get();
    if (value.is_null() || (json->is_boolean() && !json->get<bool>())) {
      render(block.inverse, scope, frame);
    } else if (json->is_boolean()) {
      render(block.program, scope, frame);
    } else if (json->is_array()) {
      each(block, value, scope, frame);
    } else {
      render_in(block.program, value, scope, frame);
    }
  }

  void each(const Block& block, const Value& list, const Scope& scope, const Frame* frame) {
    const Json* json = list.get();
    if (!json || !json->is_structured() || json->empty())
      return render(block.inverse, scope, frame);
    Frame inner{frame, {}, 0, false};
    for (const auto& item : json->items()) {
      // Counted here too: a body of plain text has no tag that would count.
      step(block.call.span);
      inner.is_last = inner.index + 1 == json->size();
      inner.key = json->is_object() ? Value::own(item.key()) : Value();
      render_in(block.program, Value(item.value()), scope, &inner);
      ++inner.index;
    }
  }

  Value evaluate(const Expression& expression, const Scope& scope, const Frame* frame,
                 Missing missing) {
    if (const auto* path = std::get_if<Path>(&expression))
      return look_up(*path, scope, frame, missing);
    if (const auto* call = std::get_if<std::unique_ptr<Call>>(&expression)) {
      step((*call)->span);
      return invoke(**call, scope, frame, missing);
    }
    const auto& literal = std::get<Literal>(expression);
    return literal.value ? Value(*literal.value) : Value();
  }

  Value invoke(const Call& call, const Scope& scope, const Frame* frame, Missing missing) {
    if (call.helper == Helper::none) return look_up(call.path, scope, frame, missing);
    const bool may_lack = call.helper == Helper::default_;
    std::vector<Value> arguments;
    for (const Expression& param : call.params) {
      const bool is_first = &param == &call.params.front();
      arguments.push_back(evaluate(param, scope, frame,
                                   may_lack && is_first ? Missing::is_fine : Missing::is_error));
    }
    Value made = apply(call, arguments);
    const bool picks = call.helper == Helper::default_;  // one of them, which knows by itself
    const bool is_secret =
        !picks && std::any_of(arguments.begin(), arguments.end(),
                              [&](const Value& value) { return data_.is_secret(value); });
    return is_secret ? std::move(made).from_secret() : made;
  }

  Value look_up(const Path& path, const Scope& scope, const Frame* frame, Missing missing) const {
    Value value = path.is_data ? data_value(path, frame) : context_value(path, scope);
    if (value.is_missing() && missing == Missing::is_error && options_.is_strict)
      throw error("template.missing_variable", "'" + path.original + "' is not set",
                  "set it in an env file or under values.extra, or write {{default " +
                      path.original + " \"...\"}}",
                  path.span);
    return value;
  }

  Value context_value(const Path& path, const Scope& scope) const {
    const Scope* at = &scope;
    for (std::size_t i = 0; i < path.depth && at; ++i) at = at->outer;
    return at ? descend(at->context, path, 0) : Value();
  }

  Value descend(Value value, const Path& path, std::size_t from) const {
    for (std::size_t i = from; i < path.parts.size(); ++i) {
      if (value.is_null()) return {};  // null has no members: what is asked of it is not set
      // A text has a length, which is as secret as the text; a member of an object has its own
      // mark.
      const bool is_part = !value.get()->is_structured() && data_.is_secret(value);
      value = data_.member(value, path.parts[i]);
      if (is_part) value = std::move(value).from_secret();
    }
    return value;
  }

  Value data_value(const Path& path, const Frame* frame) const {
    if (path.parts.empty()) return {};
    const std::string& name = path.parts[0];
    if (name == "root") return descend(Value(data_.root()), path, 1);
    for (std::size_t i = 0; i < path.depth && frame; ++i) frame = frame->outer;
    if (!frame) return {};
    Value value;
    if (name == "index" || (name == "key" && frame->key.is_missing()))
      value = Value::own(frame->index);
    if (name == "key" && !frame->key.is_missing()) value = frame->key;
    if (name == "first") value = Value::own(frame->index == 0);
    if (name == "last") value = Value::own(frame->is_last);
    return descend(value, path, 1);
  }

  Value apply(const Call& call, const std::vector<Value>& arguments) {
    const Value& first = arguments[0];
    switch (call.helper) {
      case Helper::upper:
        return Value::own(cased(text(call, first), 'a', 'z'));
      case Helper::lower:
        return Value::own(cased(text(call, first), 'A', 'Z'));
      case Helper::default_: {
        // As `:-` in env files: they cannot say null, so an empty value is how a variable is unset.
        const bool is_blank =
            first.is_null() ||
            (first.get()->is_string() && first.get()->get_ref<const std::string&>().empty());
        return is_blank ? arguments[1] : first;
      }
      case Helper::join:
        return join(call, first, arguments.size() > 1 ? text(call, arguments[1]) : ",");
      case Helper::eq:
        return Value::own(is_equal(first, arguments[1]));
      case Helper::json:
        if (first.is_missing()) return {};
        // An env file may hold any bytes, and dump() throws for those that are not UTF-8.
        return Value::own(first.get()->dump(-1, ' ', false, Json::error_handler_t::replace));
      default:
        return {};
    }
  }

  std::string text(const Call& call, const Value& value) const {
    if (value.is_null()) return {};
    if (value.get()->is_structured())
      throw error("template.bad_argument",
                  "'" + call.path.original + "' takes a text, not a list or an object",
                  "write " + std::string(row_of(call.helper).usage), call.span);
    return text_of(*value.get());
  }

  /// ASCII alone: what other letters become depends on a language.
  static std::string cased(std::string text, char first, char last) {
    for (char& c : text) {
      if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
    }
    return text;
  }

  Value join(const Call& call, const Value& list, const std::string& separator) const {
    if (list.is_null()) return Value::own("");
    if (!list.get()->is_array())
      throw error("template.bad_argument", "'join' takes a list", "write {{join LIST \", \"}}",
                  call.span);
    std::string joined;
    for (const Json& element : *list.get()) {
      if (&element != &list.get()->front()) joined += separator;
      joined += text_of(element);
      if (joined.size() > options_.max_output)
        throw error("template.too_large",
                    "the output grows beyond " + std::to_string(options_.max_output) + " bytes", "",
                    call.span);
    }
    return Value::own(std::move(joined));
  }

  /// Plain values compare by their text, since every variable of an environment is text: in
  /// `(eq PORT 80)` one side is "80".
  static bool is_equal(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    if (a.get()->is_structured() || b.get()->is_structured()) return *a.get() == *b.get();
    return text_of(*a.get()) == text_of(*b.get());
  }

  Error error(std::string code, std::string message, std::string hint, Span span) const {
    const Places places(template_.text(), template_.file());
    return {HARBOR_E_INPUT,
            std::move(code),
            std::move(message),
            std::move(hint),
            {places.label(span.offset, span.length)}};
  }

  const Template& template_;
  const Data& data_;
  const RenderOptions& options_;
  std::string out_;
  std::vector<Stretch> secrets_;  ///< of `out_`
  std::size_t steps_ = 0;
};

using Names = std::set<std::string>;

void collect(const Program& program, Names& names);

// By name, not by path: within `{{#with x}}` a name may be a member of x and no variable at all.
// One name too many only makes a file private that need not be; one too few would publish a secret.
void collect(const Call& call, Names& names) {
  const auto add = [&](const Path& path) {
    if (path.is_data && path.parts.size() > 1 && path.parts[0] == "root")
      names.insert(path.parts[1]);
    if (!path.is_data && !path.parts.empty()) names.insert(path.parts[0]);
  };
  if (call.helper == Helper::none) add(call.path);
  const auto walk = [&](const Expression& expression) {
    if (const auto* path = std::get_if<Path>(&expression)) add(*path);
    if (const auto* inner = std::get_if<std::unique_ptr<Call>>(&expression))
      collect(**inner, names);
  };
  for (const Expression& param : call.params) walk(param);
  for (const auto& [key, value] : call.hash) walk(value);
}

void collect(const Program& program, Names& names) {
  for (const Node& node : program.body) {
    if (const auto* mustache = std::get_if<Mustache>(&node)) collect(mustache->call, names);
    if (const auto* block = std::get_if<std::unique_ptr<Block>>(&node)) {
      collect((*block)->call, names);
      if ((*block)->program) collect(*(*block)->program, names);
      if ((*block)->inverse) collect(*(*block)->inverse, names);
    }
  }
}

}  // namespace

Marked render_marked(const Template& parsed, const Data& data, const RenderOptions& options) {
  return Renderer(parsed, data, options).run();
}

std::string render(const Template& parsed, const Data& data, const RenderOptions& options) {
  return render_marked(parsed, data, options).text;
}

std::vector<std::string> variables_of(const Template& parsed) {
  Names names;
  collect(parsed.program(), names);
  return {names.begin(), names.end()};
}

bool is_markup(std::string_view file_name) {
  for (const std::string_view ending : {".html", ".htm", ".xhtml", ".xml", ".svg"}) {
    if (file_name.ends_with(ending)) return true;
  }
  return false;
}

}  // namespace harbor::templating
