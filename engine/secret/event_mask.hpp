// Masks what is told about a run: the one place, before it reaches an observer or the journal.
#pragma once

#include <nlohmann/json.hpp>

#include "report/event.hpp"
#include "secret/masker.hpp"

namespace harbor::secret {

// Harbor's own words and those of an action's author are never masked, or a secret that is called
// like one of them would make what is told useless: kinds, ids, names of actions, codes, names of
// fields, files of spans.

/// The text, the fields and the diagnostics of an event.
void mask(const Masker& masker, report::Event& event);
/// Message, hint, causes, texts of labels and detail.
void mask(const Masker& masker, report::Diagnostic& diagnostic);
/// Every text in an object of fields, also keys but for those of the object itself; null stays
/// null.
void mask(const Masker& masker, nlohmann::json& fields);

}  // namespace harbor::secret
