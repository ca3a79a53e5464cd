// Env files and what the variable A is in them; nothing for unset. Each row is also shown to
// `docker compose`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace harbor::test {

struct Row {
  std::string name;
  std::string text;
  std::optional<std::string> value;
};

// NOLINTNEXTLINE(readability-function-size): a table, one row for each case
inline const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"plain", "A=x y\n", "x y"},
      {"no line end", "A=x", "x"},
      {"white space around", " \t A \t=\t x \t\n", "x"},
      {"colon", "A:x:y=z\n", "x:y=z"},
      {"equals in value", "A=x=y==\n", "x=y=="},
      {"comment", "A=x #y\n", "x"},
      {"comment after two spaces", "A=x  # y\n", "x"},
      {"hash in word", "A=x#y z#\n", "x#y z#"},
      {"comment after tab", "A=x\t#y\n", "x\t#y"},
      {"only a comment", "A= # y\n", "# y"},
      {"comment lines", "#B=1\n \t# B='\nA=x\n#", "x"},
      {"url", "A=https://u:p@h:80/p?q=1&r=2#f\n", "https://u:p@h:80/p?q=1&r=2#f"},
      {"carriage returns", "B=1\r\nA=x\r\n\r\n", "x"},
      {"carriage return alone", "A=x\rB=y\n", "x\rB=y"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "A=x\n",
       "x"},
      {"no-break space",
       "\xC2\xA0"
       "A\xC2\xA0=\xC2\xA0x\xC2\xA0\n",
       "x"},
      {"em space at the end", "A=x\xE2\x80\x83\n", "x"},
      {"em space inside", "A=x\xE2\x80\x83y\n", "x\xE2\x80\x83y"},
      {"double quotes", "A=\" x \"\n", " x "},
      {"single quotes", "A=' x '\n", " x "},
      {"quotes inside", "A=x\"y'z\n", "x\"y'z"},
      {"empty quotes", "A=\"\"\n", ""},
      {"comment after quotes", "A=\"x # y\" # z\n", "x # y"},
      {"comment right after quotes", "A='x'#z\n", "x"},
      {"carriage return after quotes", "A='x'\r\nB=y\r\n", "x"},
      {"two lines in double quotes", "A=\"x\ny\"\nB=z\n", "x\ny"},
      {"two lines in single quotes", "A='x\n\ny'\nB=z\n", "x\n\ny"},
      {"CRLF in quotes", "A=\"x\r\ny\"\r\n", "x\r\ny"},
      {"escapes", R"(A="\a\b\f\n\r\t\v\\\"")", "\a\b\f\n\r\t\v\\\""},
      {"unknown escapes", R"(A="\c\x41\u0041\q\ \'")", R"(\c\x41\u0041\q\ \')"},
      {"octal escapes", R"(A="\0101\0377\0012")", "A\xC3\xBF\n"},
      {"octal escapes that are none", R"(A="\0\012\08\0477\0999")", R"(\\12\8\477\999)"},
      {"octal and a digit more", R"(A="\01012")", "A2"},
      {"escapes in single quotes", R"(A='\n\$\"\\x\'y')", R"(\n\$\"\\x'y)"},
      {"escapes without quotes", R"(A=\n\t\"x)", R"(\n\t\"x)"},
      {"backslash at the end", "A=x\\\nB=y\n", "x\\"},
      {"even backslashes before a quote", R"(A='x\\')", R"(x\\)"},
      {"even backslashes before a double quote", R"(A="x\\")", R"(x\)"},
      {"dollar in single quotes", "B=b\nA='$B ${B} $$'\n", "$B ${B} $$"},
      {"reference", "B=b\nA=$B-${B}\n", "b-b"},
      {"reference in double quotes", "B=b\nA=\"$B-${B}\"\n", "b-b"},
      {"reference to a later line", "A=x$B\nB=b\n", "x"},
      {"reference to itself", "A=1\nA=${A}2\nA=${A}3\n", "123"},
      {"two dollars", "A=x$$B\n", "x$B"},
      {"two dollars in double quotes", "A=\"x$$B\"\n", "x$B"},
      {"escaped dollar in double quotes", R"(A="x\$B")", "x$B"},
      {"escaped backslash before a reference", "B=b\nA=\"\\\\$B\"\n", "\\b"},
      {"backslash before a reference", "B=b\nA=\\$B\n", "\\b"},
      {"dollar alone", "A=x$ $1 $\n", "x$ $1 $"},
      {"regular expression", "A=^[a-z]+$\n", "^[a-z]+$"},
      {"bcrypt", "A=$2y$05$Qabc\n", "$2y$05"},
      {"default", "A=${U:-x y}\n", "x y"},
      {"default of an empty value", "B=\nA=${B:-x}${B-y}\n", "x"},
      {"alternate", "B=b\nA=${B:+x}${U+y}\n", "x"},
      {"nested default", "B=b\nA=${U:-${V:-$B}}\n", "b"},
      {"quotes in a default", "A=${U:-\"x\"}\n", "\"x\""},
      {"braces in a default", "A=${U:-{\"k\":{}}}\n", "{\"k\":{}}"},
      {"required and there", "B=b\nA=${B:?gone}\n", "b"},
      {"from the host", "A=$HOST_ONE\n", "one"},
      {"the host wins in references", "HOST_ONE=two\nA=$HOST_ONE\n", "one"},
      {"the file wins for its own name", "B=$HOST_ONE\nHOST_ONE=two\nA=${B}\n", "one"},
      {"inherited", "HOST_ONE\nA=$HOST_ONE\n", "one"},
      {"not inherited", "A\nB=x\n", std::nullopt},
      {"name alone after a value", "A=x\nA\n", "x"},
      {"export", "export A=x\n", "x"},
      {"export on its own line", "export\nA=x\n", "x"},
      {"export and spaces", "export \t A = x\n", "x"},
      {"export as a name", "export=y\nA=$export\n", "y"},
      {"exported as a name", "exportA=y\nA=${exportA}\n", "y"},
      {"last one counts", "A=1\nA='2'\nA=\"3\"\n", "3"},
      {"text after quotes", "A=\"x\"y\nB=1\n", "x"},
      {"statement after quotes", "B=\"x\"A=y\n", "y"},
      {"statement after quotes and space", "B='x' A='y'\n", "y"},
      {"names of all kinds", "B.c=1\nB-c=2\nB[0]=3\n1B=4\n_=5\n\xC3\x9C=6\nA=x\n", "x"},
      {"value of brackets", "A=[x, y]\n", "[x, y]"},
      {"json", "A={\"k\": \"v\"}\n", "{\"k\": \"v\"}"},
      {"json in single quotes", "A='{\"k\": \"v # x\"}'\n", "{\"k\": \"v # x\"}"},
      {"utf-8", "A=\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x9A\xA2\n",
       "\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x9A\xA2"},
      {"line of equals", "=x\nA=y\n", "y"},
      {"word at the end", "A=x\nB", "x"},
      {"empty file", "", std::nullopt},
      {"empty value at the end", "A=", ""},
  };
  return all;
}

/// Files that are errors, in Compose and here, and the code.
struct BadRow {
  std::string text;
  std::string code;
};

inline const std::vector<BadRow>& bad_rows() {
  static const std::vector<BadRow> all = {
      {"A B=x\n", "env.bad_name"},
      {"A B\n", "env.bad_name"},
      {"A+=x\n", "env.bad_name"},
      {"$A=x\n", "env.bad_name"},
      {"A#=x\n", "env.bad_name"},
      {"\xE2\x80\x9C"
       "A=x\n",
       "env.bad_name"},
      {"A='x'\"y\"\n", "env.bad_name"},
      {"\xFF=x\n", "env.bad_name"},
      {"export ", "env.bad_name"},
      {"export A B=x\n", "env.bad_name"},
      {"A=\"x\nB=y\n", "env.unterminated_quote"},
      {"A='x\\'\n", "env.unterminated_quote"},
      {"A=\"x\\\"\n", "env.unterminated_quote"},
      {"A=${\n", "env.bad_reference"},
      {"A=${}\n", "env.bad_reference"},
      {"A=${B\n", "env.bad_reference"},
      {"A=${B!}\n", "env.bad_reference"},
      {"A=${U:-x #y}\n", "env.bad_reference"},
      {"A=\"${B:-x\ny}\"\n", "env.bad_reference"},
      {"A=\"${B:-x\\ny}\"\n", "env.bad_reference"},
      {"A=${U:?gone}\n", "env.required"},
      {"A=\"${U?}\"\n", "env.required"},
      {"B=b\nA=${B:-${U:?gone}}\n", "env.required"},
  };
  return all;
}

}  // namespace harbor::test
