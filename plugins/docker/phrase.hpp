// Phrases of `docker`, with gaps, found in what it printed.
//
// Written by hand, since std::regex recurses for each character: a line of 40 KB would crash the
// program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// The contents of the gaps at the first place where `phrase` matches. Gaps are `{w}`, a word
/// without white space, `{n}`, digits, and `{l}`, anything within the line, or nothing; each is as
/// short as possible, except the last one, which is as long as possible. A gap holds at most 4 KiB;
/// longer text does not match. The phrase must begin with text.
[[nodiscard]] std::optional<std::vector<std::string>> find_phrase(std::string_view text,
                                                                  std::string_view phrase);

/// The same for several phrases; the first one that matches anywhere.
[[nodiscard]] std::optional<std::vector<std::string>> find_phrase(
    std::string_view text, std::initializer_list<std::string_view> phrases);

/// The line that ends with `end`, without it.
[[nodiscard]] std::optional<std::string> line_before(std::string_view text, std::string_view end);

/// The number that `digits` consists of; nothing if it is not a number, or has more than 32 bits.
[[nodiscard]] std::optional<unsigned> number_of(std::string_view digits);

}  // namespace harbor::docker
