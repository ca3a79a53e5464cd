// Phrases of `docker`, with gaps, found in what it printed.
//
// By hand and not by std::regex: that one recurses for each character, and a line of 40 KB ends the
// program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// What stands in the gaps of the first place where `phrase` fits. Gaps are `{w}`, a word without
/// white space, `{n}`, digits, and `{l}`, anything within the line, also nothing; each is as short
/// as what follows it allows, and the last one as long as it can be. A gap holds at most 4 KiB;
/// what is longer does not fit. The phrase begins with a text.
[[nodiscard]] std::optional<std::vector<std::string>> find_phrase(std::string_view text,
                                                                  std::string_view phrase);

/// The same for several phrases; the first one that fits anywhere.
[[nodiscard]] std::optional<std::vector<std::string>> find_phrase(
    std::string_view text, std::initializer_list<std::string_view> phrases);

/// The line that ends with `end`, without it.
[[nodiscard]] std::optional<std::string> line_before(std::string_view text, std::string_view end);

/// A number that stands for itself; nothing where it is none, or larger than 32 bits.
[[nodiscard]] std::optional<unsigned> number_of(std::string_view digits);

}  // namespace harbor::docker
