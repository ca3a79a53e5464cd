// Masks what a run reports, in one place, before it reaches an observer, the journal or the caller.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "report/event.hpp"
#include "secret/masker.hpp"

namespace harbor::secret {

// Harbor's own words and those of an action's author are never masked, or a secret equal to one of
// them would make reports useless: kinds, ids, names of actions, codes that a pack lists,
// properties of schemas, files of spans. What a pack says while it runs is data, keys included.

/// The text, the fields and the diagnostics of an event. The names of a trace's fields are Harbor's
/// own.
void mask(const Masker& masker, report::Event& event);
/// Message, hint, causes, texts of labels and detail.
void mask(const Masker& masker, report::Diagnostic& diagnostic);

/// Whether a key at the top of an object is a word that stays.
using IsWord = std::function<bool(const std::string& key)>;

/// Every text in `value`, and every key that is not such a word; keys that would become equal stay
/// distinct. References to secrets stay as they are.
void mask(const Masker& masker, nlohmann::json& value, const IsWord& is_word = {});

}  // namespace harbor::secret
