// H01xx: the descriptor and the files that it leads to.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view syntax = "H0101";
inline constexpr std::string_view duplicate_key = "H0102";
inline constexpr std::string_view unknown_tag = "H0103";
inline constexpr std::string_view limit_exceeded = "H0104";
inline constexpr std::string_view not_text = "H0105";
inline constexpr std::string_view several_documents = "H0106";
inline constexpr std::string_view key_not_text = "H0107";
inline constexpr std::string_view merge_not_mapping = "H0108";
inline constexpr std::string_view unknown_alias = "H0109";
inline constexpr std::string_view bad_setting = "H0110";
}  // namespace code

inline constexpr auto document_codes = std::to_array<Code>({
    {code::syntax, ExitStatus::invalid, "the text is not YAML",
     R"(The file cannot be read as YAML 1.2; the place that is shown is where the reader gave up, and the mistake is there or on
the line above. The usual reasons are a line whose indentation fits no line above it, a tab used for indentation, a text
that contains `: ` or starts with one of ``[ ] { } & * ! | > % @ ` `` and is not quoted, and a bracket or quotation mark
that is never closed. Indent with spaces, and put quotation marks around such texts.)"},
    {code::duplicate_key, ExitStatus::invalid, "a key occurs twice in one mapping",
     R"(A mapping has the same key twice. YAML forbids it, because one of the two values would be lost silently: merge the
two entries or remove one of them. Both places are shown. Keys that come in through a merge key (`<<`) do not count; the
mapping's own keys win over them.)"},
    {code::unknown_tag, ExitStatus::invalid,
     "a tag that is unknown, or that does not fit its value",
     R"(A tag (`!name`) asks for a type that Harbor does not know. Only the tags of YAML's core schema are read: `!!str`, `!!int`,
`!!float`, `!!bool`, `!!null`, `!!seq` and `!!map`, and the value must look like the type (`!!int 1.5` does not). Remove
the tag; if the text is meant to start with `!`, quote it.)"},
    {code::limit_exceeded, ExitStatus::invalid,
     "a descriptor is larger or deeper than Harbor reads",
     R"(Harbor limits what it reads, so that a hostile or broken file cannot use up memory: 1 MiB per file, 64 levels of nesting,
400,000 values after aliases are expanded, 1,000 anchors, 256 KiB per text. A descriptor written by people does not come
near. If yours is generated, split it into several files, or move large texts into files of their own and name them.)"},
    {code::not_text, ExitStatus::invalid, "a file is not UTF-8 text",
     R"(The file contains bytes that are not UTF-8, or control characters that YAML does not allow (NUL, ESC, ...). The first such
byte is shown. Save the file as UTF-8; an editor that shows `UTF-16` or `Latin-1` for it can convert it. A control
character that is really meant can be written as an escape in double quotes: `"\x1b"`.)"},
    {code::several_documents, ExitStatus::invalid, "a file holds more than one YAML document",
     R"(A line `---` starts another document, but a descriptor is exactly one. Join the two, or move the second into a file of its
own. A single `---` at the top of a file, and `...` at its end, are fine.)"},
    {code::key_not_text, ExitStatus::invalid, "a key of a mapping is not a text",
     R"(Every key must be a text. An unquoted `80:`, `true:`, `1.0:` or `~:` is a number, a truth value or null in YAML; put it
in quotation marks (`"80":`). Lists and mappings cannot be keys at all.)"},
    {code::merge_not_mapping, ExitStatus::invalid, "a merge key has a value that is not a mapping",
     R"(The value of the merge key `<<` must be a mapping, an alias of one (`<<: *defaults`), or a list of these. Its keys become
keys of the mapping that contains it, unless they are there already. If a key of that name is really meant, quote it:
`"<<"`.)"},
    {code::unknown_alias, ExitStatus::invalid, "an alias refers to an anchor that does not exist",
     R"(`*name` stands for the value that was marked with `&name` earlier in the same file. There is no such anchor before this
place, or the alias is inside the value that it refers to. Anchors do not reach from one file into another. A text
that starts with `*` must be quoted: `"*"`.)"},
    {code::bad_setting, ExitStatus::usage, "--set cannot be applied",
     R"(`--set` takes `PATH=VALUE`. PATH is the keys from the top of the descriptor, joined by dots (`deploy.steps.0.timeout`);
the items of a list are counted from 0, and a dot within a key is written `\.`. VALUE is a number, a truth value or a
text as it is, or YAML in flow style when it starts with `[`, `{`, a quotation mark or `!`. The path must not lead
through a text or a number, or past the end of a list.)"},
});

}  // namespace harbor::report
