// Checks what `docker` prints for programs before it is used: words of it become arguments of the
// next command.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// compose.garbled: `command`, as a person would write it, printed something that is not an answer.
/// `found` is shown, cut and without control characters.
Error garbled(std::string_view command, std::string_view found);

/// Whether a text may be an id, a name or a release: letters, digits, '_', '.', '+', '~' and '-',
/// beginning with a letter, digit or '_', 255 characters at most.
bool is_word(std::string_view text);

/// The lines of an answer that consists of words, one for each line. Throws garbled().
std::vector<std::string> words_in(const Process& process, std::string_view command);

/// The lines of an answer that consists of JSON objects. Throws garbled().
std::vector<json> objects_in(const Process& process, std::string_view command);

// Optional members of an object; the fallback if one is missing or has the wrong type.

std::string text_at(const json& object, const char* key);
int number_at(const json& object, const char* key);
bool flag_at(const json& object, const char* key);
/// An object; an empty one if there is none.
const json& object_at(const json& object, const char* key);

}  // namespace harbor::docker
