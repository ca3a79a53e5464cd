// The run's variables, as far as they are known in the source stage.
#pragma once

#include <harbor/action.hpp>

#include "variable.hpp"

namespace harbor::compose {

/// Values of the artifact `env`; nothing for secrets.
Lookup lookup_in(const json& env);

/// The same if it only matters whether there is a value: a secret counts as "(secret)".
Lookup presence_in(const json& env);

/// What `prepare.env` will produce, computed on the first lookup, as most files need none. `input`
/// may hold `variables` (the section), `services` and `site`. The context and the input must
/// outlive the lookup.
Lookup early_lookup(Context& context, const json& input);

}  // namespace harbor::compose
