// What a change of several files beneath the run folder consists of, as it is written down before
// its first step, so that a run that comes after a crash can complete it or take it back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harbor::store {

/// Done in this order. Each of them may be done again: what is done already stays so.
struct ChangeSteps {
  std::vector<std::string> remove;  ///< what is no folder
  std::vector<std::string> prune;   ///< folders, inner ones first; one that is not empty stays
  std::vector<std::pair<std::string, unsigned>> folders;  ///< with their mode, outer ones first
  std::vector<std::pair<std::string, std::string>> put;   ///< path, and its name while staged

  friend bool operator==(const ChangeSteps&, const ChangeSteps&) = default;
};

struct ChangeRecord {
  ChangeSteps forward;
  std::optional<ChangeSteps> back;  ///< nothing where the old files could not be kept
  bool goes_back = false;           ///< it was given up

  friend bool operator==(const ChangeRecord&, const ChangeRecord&) = default;
};

/// A checksum, then CBOR: names of files need not be UTF-8.
[[nodiscard]] std::string to_text(const ChangeRecord& record);

/// Nothing when the text is not whole, or names what does not stay beneath the run folder.
[[nodiscard]] std::optional<ChangeRecord> parse_change_record(std::string_view text);

}  // namespace harbor::store
