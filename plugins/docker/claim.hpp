// Records on the engine which folder a Compose project's name belongs to, before anything is
// created.
//
// Compose knows projects only by name, and labels on containers come too late: two folders that
// deploy at the same time would see none of each other's. The claim is an empty volume. The engine
// creates a volume of a name only once, however many ask at the same time, and its first labels
// stay.
#pragma once

#include <harbor/action.hpp>

#include <optional>
#include <string>

namespace harbor::docker {

/// The folder that has claimed the project; nothing if none has.
std::optional<std::string> claimant_of(Context& context, const std::string& project);

/// Throws compose.project_taken when another folder has claimed it.
void require_unclaimed(Context& context, const std::string& project);

/// Claims it for this workspace; with `adopt`, also if another folder has claimed it. Throws
/// compose.project_taken if another folder has, or was quicker.
void claim(Context& context, const std::string& project, bool adopt);

/// Gives the claim of this workspace up, if there is one.
void release_claim(Context& context, const std::string& project);

/// The project that a volume of this name claims, if it is a claim.
std::optional<std::string> claimed_by(const std::string& volume);

/// compose.project_taken: it belongs to `folder`.
Error project_taken(const std::string& project, const std::string& folder);

}  // namespace harbor::docker
