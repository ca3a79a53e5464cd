// Translates Compose's output: what it does becomes progress, its warnings become warnings, the
// rest is for `--verbose`.
#pragma once

#include <harbor/action.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace harbor::docker {

/// What a line reports, in a few words: " Container demo-web-1  Started" of the project `demo` ->
/// "web-1 started", "#7 [web 2/5] RUN make" -> "building web 2/5: RUN make". Nothing for any other.
std::optional<std::string> deed_in(std::string_view line, std::string_view project);

/// Runs a compose command that changes things, and reports what it does. `context` and `project`
/// only need to outlive the call.
Process narrate(Context& context, Spawn spawn, const std::string& project);

}  // namespace harbor::docker
