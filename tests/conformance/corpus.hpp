// The merge corpus: merge/*.txt, each a row of cases.
//
//   ##### a sentence
//   === f0.yml          a document of the selection, in order
//   === + sub/c.yml     a file beside them, for include and extends
//   === merged          what Harbor makes of them, byte for byte; or: === error
//   === alone           present where Compose is not followed, and why
#pragma once

#include <map>
#include <string>
#include <vector>

namespace harbor::conformance {

struct Case {
  std::string group;
  std::string name;
  std::map<std::string, std::string> files;
  std::vector<std::string> selection;
  std::string merged;
  std::string error;  ///< "code: message", the labels below it, the hint
  std::string alone;
};

/// All cases of all files of the folder, in order of name.
std::vector<Case> read_corpus(const std::string& folder);

/// What Harbor makes of a case, in the words of `merged` or `error`.
struct Outcome {
  std::string merged;
  std::string error;
};
Outcome merge_case(const Case& one);

}  // namespace harbor::conformance
