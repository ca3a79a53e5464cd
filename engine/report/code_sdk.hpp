// sdk.*: what the C++ layer of the SDK reports on behalf of any pack.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

inline constexpr auto sdk_codes = std::to_array<Code>({
    {"sdk.exception", ExitStatus::failed, "an action ended with an unexpected exception",
     R"(The action's code threw something that is no harbor::Error, and nothing caught it; the cause below the message is the
exception's own text. This is a bug of the pack that provides the action, not of your descriptor: report it to the
pack's author, with that text. What the step had done until then is not taken back; `harbor destroy` does that.)"},
    {"sdk.part", ExitStatus::invalid, "a value is neither a text nor a secret",
     R"(An action passes texts and secrets on to programs and files, and was given a number, a list or something else in
such a place. Put the value in quotes in the descriptor. If the value came from another step's output, that step's
pack and this one do not agree: report it to the author of the action that failed.)"},
    {"sdk.unsupported", ExitStatus::plugin_refused,
     "an action needs something that this Harbor does not offer",
     R"(The pack was made for a newer Harbor: it asked for an optional table of host functions that this one does not have.
Install a newer Harbor, or an older version of the pack. `harbor plugin inspect` shows both versions.)"},
});

}  // namespace harbor::report
