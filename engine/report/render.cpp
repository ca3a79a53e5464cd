#include "report/render.hpp"

#include <algorithm>
#include <string_view>

#include "report/ink.hpp"
#include "report/text.hpp"

namespace harbor::report {
namespace {

constexpr unsigned narrowest = 40;

/// The lines that are written so far, and how.
struct Page {
  const Diagnostic& diagnostic;
  const SourceLine& source;
  RenderOptions options;
  std::size_t gutter = 1;  ///< columns of the widest line number
  std::string text = {};

  [[nodiscard]] std::string paint(Ink ink, std::string_view what) const {
    return report::paint(what, options.color ? ink : Ink::none);
  }
  [[nodiscard]] Ink severity_ink() const {
    return diagnostic.severity == Severity::error ? Ink::red : Ink::yellow;
  }
  void line(std::string_view content) {
    text += content;
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
};

/// The places of one file, in the order of the diagnostic.
struct FileLabels {
  std::string file;
  std::vector<const Label*> labels;
};

std::vector<FileLabels> by_file(const Diagnostic& diagnostic) {
  std::vector<FileLabels> files;
  for (const Label& label : diagnostic.labels) {
    const auto known = std::find_if(files.begin(), files.end(), [&](const FileLabels& file) {
      return file.file == label.span.file;
    });
    if (known == files.end()) {
      files.push_back({label.span.file, {&label}});
    } else {
      known->labels.push_back(&label);
    }
  }
  return files;
}

std::string place_of(const Span& span) {
  std::string place = visible(span.file);
  if (span.line != 0) place += ":" + std::to_string(span.line);
  if (span.line != 0 && span.column != 0) place += ":" + std::to_string(span.column);
  return place;
}

/// Wrapped text after a prefix; further lines are aligned with the text, not with the prefix.
void write_wrapped(Page& page, std::string_view prefix, Ink ink, std::string_view text,
                   Ink text_ink = Ink::none) {
  const std::size_t indent = std::min<std::size_t>(columns_of(prefix), page.options.width / 3);
  const std::size_t room =
      page.options.width - std::min<std::size_t>(page.options.width, columns_of(prefix));
  std::string_view lead = prefix;
  const std::string hang(indent, ' ');
  for (const std::string& line : wrap(text, room)) {
    const std::size_t spaces = std::min(lead.find_first_not_of(' '), lead.size());
    page.line(std::string{lead.substr(0, spaces)} + page.paint(ink, lead.substr(spaces)) +
              page.paint(text_ink, line));
    lead = hang;
  }
}

void write_note(Page& page, std::string_view word, Ink ink, std::string_view text) {
  if (text.empty()) return;
  write_wrapped(page, std::string(page.gutter, ' ') + " = " + std::string{word} + ": ", ink, text);
}

/// The part of a source line that is shown, and where a label's carets go in it.
struct Excerpt {
  std::string text;
  std::size_t first = 0;    ///< byte of the line at which it starts
  std::size_t columns = 0;  ///< that `text` takes
  std::size_t lead = 0;     ///< of these, for the mark that something was cut off
};

/// The columns that the bytes [from, to) of a line take.
std::size_t columns_between(const std::vector<Glyph>& line, std::size_t from, std::size_t to) {
  std::size_t columns = 0;
  for (const Glyph& glyph : line) {
    if (glyph.offset >= to) break;
    if (glyph.offset + glyph.length > from) columns += glyph.columns;
  }
  return columns;
}

/// The part of `line` that fits into `room` columns and contains the byte `focus`.
Excerpt excerpt_of(const std::vector<Glyph>& line, std::size_t focus, std::size_t room) {
  constexpr std::string_view mark = "...";
  Excerpt excerpt;
  const std::size_t total = columns_between(line, 0, std::string::npos);
  const std::size_t before = columns_between(line, 0, focus);
  // A third of the room is before the focus, so that most of what it points at is visible.
  const std::size_t skip = total <= room || before < room * 2 / 3 ? 0 : before - room / 3;
  std::size_t at = 0;
  std::size_t column = 0;
  while (at < line.size() && column < skip) column += line[at++].columns;
  if (at > 0) {
    excerpt.text = mark;
    excerpt.lead = excerpt.columns = mark.size();
  }
  excerpt.first = at < line.size() ? line[at].offset : 0;
  const std::size_t tail = total - column + excerpt.columns > room ? mark.size() : 0;
  for (; at < line.size() && excerpt.columns + line[at].columns + tail <= room; ++at) {
    excerpt.text += line[at].text;
    excerpt.columns += line[at].columns;
  }
  if (tail != 0) {
    excerpt.text += mark;
    excerpt.columns += tail;
  }
  return excerpt;
}

/// The bytes [from, to) that a label points at: clipped to the line, whole characters, at least one
/// column.
struct Pointed {
  std::size_t from = 0;
  std::size_t to = 0;
};

Pointed pointed_at(const Label& label, const SourceText& source) {
  const Span& span = label.span;
  const std::string_view line = source.text;
  if (span.column == 0 || source.is_masked) {  // the whole line, without its indentation
    const std::size_t from = std::min(line.find_first_not_of(" \t"), line.size());
    return {from, line.size()};
  }
  const std::size_t from = std::min<std::size_t>(span.column - 1, line.size());
  return {from, std::min<std::size_t>(from + std::max<std::size_t>(span.length, 1), line.size())};
}

std::string gutter_of(const Page& page, std::string_view number) {
  return page.paint(Ink::blue,
                    std::string(page.gutter - number.size(), ' ') + std::string{number} + " |");
}

/// The row of carets below an excerpt, and the label's text beside it or, if it is too long, below
/// it.
void write_carets(Page& page, const Label& label, const std::vector<Glyph>& line,
                  const Excerpt& excerpt, const Pointed& pointed) {
  const std::size_t room = page.options.width - page.gutter - 3;
  const std::size_t limit = std::max<std::size_t>(excerpt.columns, 1);
  const std::size_t hidden = columns_between(line, 0, excerpt.first);
  const std::size_t start =
      std::min(excerpt.lead + columns_between(line, 0, pointed.from) - hidden, room - 1);
  const std::size_t length = std::max<std::size_t>(
      1, std::min(columns_between(line, pointed.from, pointed.to), limit - std::min(start, limit)));
  const bool is_primary = &label == &page.diagnostic.labels.front();
  const Ink ink = is_primary ? page.severity_ink() : Ink::blue;
  const std::string carets(length, is_primary ? '^' : '-');
  const std::string empty = gutter_of(page, "") + " ";
  const std::string row = empty + std::string(start, ' ') + page.paint(ink, carets);
  const bool is_beside = label.text.find('\n') == std::string::npos &&
                         start + length + 1 + columns_of(label.text) <= room;
  if (label.text.empty()) {
    page.line(row);
  } else if (is_beside) {
    page.line(row + " " + page.paint(ink, visible(label.text)));
  } else {
    page.line(row);
    const std::size_t indent = room - std::min(room, start) >= 24 ? start : 0;
    for (const std::string& text : wrap(label.text, room - indent)) {
      page.line(empty + std::string(indent, ' ') + page.paint(ink, text));
    }
  }
}

std::optional<SourceText> source_line(const Page& page, const Span& span) {
  if (!page.source || span.line == 0 || span.file.empty()) return std::nullopt;
  try {
    auto line = page.source(span.file, span.line);
    if (line && line->text.ends_with('\n')) line->text.pop_back();
    if (line && line->text.ends_with('\r')) line->text.pop_back();
    return line;
  } catch (...) {  // an excerpt is optional: its source must not cost the message
    return std::nullopt;
  }
}

/// All labels of one line of a file: one excerpt for all when the line fits, one for each when it
/// has to be cut.
void write_line(Page& page, const std::vector<const Label*>& labels) {
  const Span& span = labels.front()->span;
  auto line = source_line(page, span);
  if (!line) {
    for (const Label* label : labels) write_note(page, "note", Ink::bold, label->text);
    return;
  }
  const std::size_t room = page.options.width - page.gutter - 3;
  // No more of a line is ever visible, and laying out a megabyte takes a second.
  std::size_t seen = 0;
  for (const Label* label : labels)
    seen = std::max(seen, pointed_at(*label, *line).from + 16 * room);
  if (seen < line->text.size()) line->text.resize(seen);
  const std::vector<Glyph> all = glyphs(line->text);
  const bool is_cut = columns_between(all, 0, std::string::npos) > room;
  for (const Label* label : labels) {
    const Pointed pointed = pointed_at(*label, *line);
    const Excerpt excerpt = excerpt_of(all, pointed.from, room);
    if (is_cut || label == labels.front()) {
      page.line(gutter_of(page, std::to_string(span.line)) + " " + excerpt.text);
    }
    write_carets(page, *label, all, excerpt, pointed);
  }
}

void write_file(Page& page, const FileLabels& file, bool is_first) {
  if (!file.file.empty()) {
    page.line(std::string(page.gutter, ' ') + page.paint(Ink::blue, is_first ? "--> " : "::: ") +
              place_of(file.labels.front()->span));
  }
  std::vector<const Label*> labels = file.labels;
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label* a, const Label* b) { return a->span.line < b->span.line; });
  std::uint32_t last = 0;
  for (auto from = labels.begin(); from != labels.end();) {
    const std::uint32_t number = (*from)->span.line;
    const auto to = std::find_if(from, labels.end(),
                                 [&](const Label* label) { return label->span.line != number; });
    const std::vector<const Label*> here(from, to);
    if (source_line(page, here.front()->span)) {
      if (last == 0) page.line(gutter_of(page, ""));
      if (last != 0 && number > last + 1) page.line(page.paint(Ink::blue, "..."));
      last = number;
    }
    write_line(page, here);
    from = to;
  }
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceLine& source,
                   const RenderOptions& options) {
  Page page{diagnostic, source, options};
  page.options.width = std::max(options.width, narrowest);
  for (const Label& label : diagnostic.labels) {
    if (label.span.line != 0)
      page.gutter = std::max(page.gutter, std::to_string(label.span.line).size());
  }
  std::string head = diagnostic.severity == Severity::error ? "error" : "warning";
  if (!diagnostic.code.empty()) head += "[" + cut(diagnostic.code, page.options.width / 2) + "]";
  write_wrapped(page, head + ": ", page.severity_ink(), diagnostic.message, Ink::bold);
  bool is_first = true;
  for (const FileLabels& file : by_file(diagnostic)) {
    write_file(page, file, is_first);
    is_first = false;
  }
  for (const std::string& cause : diagnostic.causes)
    write_note(page, "caused by", Ink::bold, cause);
  write_note(page, "help", Ink::cyan, diagnostic.hint);
  return std::move(page.text);
}

nlohmann::json to_json(const Diagnostic& diagnostic) {
  using nlohmann::json;
  json labels = json::array();
  for (const Label& label : diagnostic.labels) {
    labels.push_back({{"file", valid_utf8(label.span.file)},
                      {"line", label.span.line},
                      {"column", label.span.column},
                      {"length", label.span.length},
                      {"text", valid_utf8(label.text)}});
  }
  json causes = json::array();
  for (const std::string& cause : diagnostic.causes) causes.push_back(valid_utf8(cause));
  json out = {{"code", valid_utf8(diagnostic.code)},
              {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
              {"message", valid_utf8(diagnostic.message)},
              {"hint", valid_utf8(diagnostic.hint)},
              {"exit", static_cast<int>(diagnostic.exit)},
              {"labels", std::move(labels)},
              {"causes", std::move(causes)}};
  if (!diagnostic.detail.empty()) out["detail"] = json::parse(diagnostic.detail);
  return out;
}

}  // namespace harbor::report
