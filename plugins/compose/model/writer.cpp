#include "writer.hpp"

#include <charconv>

#include "scalar.hpp"

namespace harbor::compose {
namespace {

constexpr std::size_t longest_simple_key =
    120;  // YAML allows 1024 bytes, quotes and escapes included

char hex(unsigned value) { return "0123456789abcdef"[value & 15U]; }

std::uint32_t next_code(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
  };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(at + i) & 0x3FU);
  at += length;
  return code;
}

// Whether YAML preserves the character. A byte order mark and Unicode's line ends would be read as
// something else.
bool is_printable(std::uint32_t code) {
  return (code >= 0x20 && code < 0x7F) || code == 0x09 ||
         (code >= 0xA0 && code <= 0xD7FF && code != 0x2028 && code != 0x2029) ||
         (code >= 0xE000 && code <= 0xFFFD && code != 0xFEFF) || code >= 0x10000;
}

void write_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const std::uint32_t code = next_code(text, at);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (is_printable(code)) {
      out.append(text.substr(from, at - from));
    } else if (code < 0x100) {
      out += {'\\', 'x', hex(code >> 4U), hex(code)};
    } else {
      out += {'\\', 'u', hex(code >> 12U), hex(code >> 8U), hex(code >> 4U), hex(code)};
    }
  }
  out += '"';
}

bool is_one_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code(text, at);
    if (!is_printable(code) || code == '\t') return false;
  }
  return true;
}

/// A block literal reads back as the same text: no first line that would move the indentation,
/// nothing unprintable.
bool is_block(std::string_view text) {
  if (text.empty() || text[0] == ' ' || text[0] == '\n' || text[0] == '\t') return false;
  if (text.find('\n') == std::string_view::npos) return false;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t code = next_code(text, at);
    if (code != '\n' && !is_printable(code)) return false;
  }
  return true;
}

void write_block(std::string& out, std::string_view text, std::size_t indent) {
  const std::size_t last = text.find_last_not_of('\n');
  const std::size_t ends = text.size() - last - 1;
  out += ends == 0 ? "|-" : ends == 1 ? "|" : "|+";
  std::string_view rest = ends == 0 ? text : text.substr(0, text.size() - 1);
  for (std::size_t from = 0; from <= rest.size();) {
    std::size_t to = std::min(rest.find('\n', from), rest.size());
    out += '\n';
    if (to > from) out.append(indent, ' ').append(rest.substr(from, to - from));
    from = to + 1;
  }
}

void write_single_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

void write_tag(std::string& out, std::string_view tag) {
  constexpr std::string_view core = "tag:yaml.org,2002:";
  if (tag.substr(0, core.size()) == core)
    out.append("!!").append(tag.substr(core.size())).append(" ");
}

// Either of the two marks would end the document.
bool is_plain_as_read(std::string_view text) {
  return is_one_line(text) && text.substr(0, 3) != "---" && text.substr(0, 3) != "...";
}

void write_scalar(std::string& out, const Node& node, std::size_t indent) {
  if (!node.tag.empty()) write_tag(out, node.tag);
  // As it was written, if that reads back the same: a merged file should look like its sources.
  if (node.style == Style::literal && is_block(node.text))
    return write_block(out, node.text, indent);
  if (node.style == Style::plain && is_plain_as_read(node.text)) {
    out += node.text.empty() ? std::string_view("null") : node.text;
  } else if (node.style == Style::single_quoted && is_one_line(node.text)) {
    write_single_quoted(out, node.text);
  } else {
    write_quoted(out, node.text);
  }
}

void write_key(std::string& out, std::string_view key) {
  if (is_plain_string(key)) {
    out += key;
  } else {
    write_quoted(out, key);
  }
  out += ':';
}

void write(std::string& out, const Node& node, std::size_t indent);

/// What follows `key:` or `-`.
void write_value(std::string& out, const Node& node, std::size_t indent) {
  if (node.kind == Kind::scalar) {
    out += ' ';
    write_scalar(out, node, indent + 2);
  } else if (node.size == 0) {
    out += node.kind == Kind::mapping ? " {}" : " []";
  } else {
    out += '\n';
    write(out, node, indent + 2);
    return;
  }
  out += '\n';
}

void write_map(std::string& out, const Node& node, std::size_t indent, bool is_inline) {
  for (std::uint32_t i = 0; i < node.size; ++i) {
    if (i > 0 || !is_inline) out.append(indent, ' ');
    const std::string_view key = node.entries[i].key;
    // A reader gives up on longer ones unless the form is explicit.
    if (key.size() > longest_simple_key) {
      out += "? ";
      write_quoted(out, key);
      out.append("\n").append(indent, ' ');
      out += ':';
    } else {
      write_key(out, key);
    }
    write_value(out, *node.entries[i].value, indent);
  }
}

void write(std::string& out, const Node& node, std::size_t indent) {
  if (node.kind == Kind::mapping) return write_map(out, node, indent, false);
  for (std::uint32_t i = 0; i < node.size; ++i) {
    const Node& item = *node.items[i];
    out.append(indent, ' ') += '-';
    if (item.kind == Kind::mapping && item.size > 0) {
      out += ' ';
      write_map(out, item, indent + 2, true);
    } else {
      write_value(out, item, indent);
    }
  }
}

void write_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += {'\\', 'u', '0', '0', hex(byte >> 4U), hex(byte)};
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_json_scalar(std::string& out, const Node& node) {
  const std::string text = value_text(node);
  switch (type_of(node)) {
    case Type::null:
      out += "null";
      return;
    case Type::boolean:
    case Type::integer:
      out += text;
      return;
    case Type::floating:
      // Infinity and "not a number" do not exist in JSON, and become strings.
      if (text.find_first_of("IN") == std::string::npos) {
        out += text;
        return;
      }
      break;
    case Type::string:
      break;
  }
  write_json_string(out, text);
}

void write_json(std::string& out, const Node& node) {
  if (node.kind == Kind::scalar) return write_json_scalar(out, node);
  out += node.kind == Kind::mapping ? '{' : '[';
  for (std::uint32_t i = 0; i < node.size; ++i) {
    if (i > 0) out += ',';
    if (node.kind == Kind::mapping) {
      write_json_string(out, node.entries[i].key);
      out += ':';
      write_json(out, *node.entries[i].value);
    } else {
      write_json(out, *node.items[i]);
    }
  }
  out += node.kind == Kind::mapping ? '}' : ']';
}

}  // namespace

std::string to_yaml(const Node& root) {
  std::string out;
  if (root.size == 0) return "{}\n";
  write(out, root, 0);
  return out;
}

std::string to_json(const Node& root) {
  std::string out;
  write_json(out, root);
  return out;
}

}  // namespace harbor::compose
