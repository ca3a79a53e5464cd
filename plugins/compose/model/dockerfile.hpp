// Which files of its context a Dockerfile uses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harbor::compose {

/// Files and folders that COPY and ADD name, relative to the context, "." for all of it. For a
/// pattern, the folder above it. Nothing if the text does not tell: a variable, a bind mount, a
/// custom frontend.
std::optional<std::vector<std::string>> copied_files(std::string_view dockerfile);

}  // namespace harbor::compose
