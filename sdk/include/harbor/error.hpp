// harbor/error.hpp - how an action reports a failure. Needs only plugin.h and the standard library.
#pragma once

#include <harbor/plugin.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace harbor {

/// A place in a text file that a diagnostic points at. Lines and columns count from 1, columns in
/// bytes; 0 means unknown. `file` is shown as it is: prefer a path relative to the workspace.
struct Label {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  unsigned length = 0;
  std::string text;  ///< a note about the place, shown beside the carets; may be empty

  friend bool operator==(const Label&, const Label&) = default;
};

/// A failure of an action. Throw it from an operation; the wrapper in action.hpp passes it to the
/// host.
///
/// `code` is stable and dotted ("example.port_taken") and listed in the pack's failure table;
/// `message` is one sentence without a full stop; `hint` says what to do next. The first label is
/// the primary one.
struct Error : std::exception {
  harbor_status status = HARBOR_E_FAILED;
  std::string code;
  std::string message;
  std::string hint;
  std::string pointer;              ///< RFC 6901 into the step's input, when the input is at fault
  std::vector<Label> labels;        ///< primary first
  std::vector<std::string> causes;  ///< outermost first: "while ..." or a tool's last output

  Error(harbor_status result, std::string stable_code, std::string sentence,
        std::string advice = {}, std::vector<Label> places = {})
      : status(result),
        code(std::move(stable_code)),
        message(std::move(sentence)),
        hint(std::move(advice)),
        labels(std::move(places)) {}

  /// The same failure with a pointer: `throw Error(...).at("/path");`
  [[nodiscard]] Error at(std::string json_pointer) && {
    pointer = std::move(json_pointer);
    return std::move(*this);
  }

  const char* what() const noexcept override { return message.c_str(); }
};

}  // namespace harbor
