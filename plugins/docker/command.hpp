// Command lines of `docker` and `docker compose`, and how they are run.
#pragma once

#include <harbor/action.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace harbor::docker {

/// What a compose command works on. `files` are relative to the workspace; `env` is the artifact:
/// name -> text or {"$secret": REF}.
struct Stack {
  std::string project;
  std::string workspace;
  std::vector<std::string> files;
  std::string merged;  ///< the text of all files in one; used instead of them if not empty
  json env = json::object();
};

/// `docker WORDS...`, captured and kept out of the run's log.
Spawn docker(std::vector<std::string> words);

/// `docker compose ... WORDS...` with the stack's files. Plain values of `env` go into a file in
/// memory, where they cannot change what `docker` itself does; secrets go into the child's
/// environment, since the pack cannot see them to quote them for a file.
Spawn compose(const Stack& stack, const std::vector<std::string>& words);

/// `docker compose ... WORDS...` without any file: Compose finds everything by the project's name
/// in the labels of containers, networks and volumes. Works regardless of changes to the
/// descriptor.
Spawn compose_by_name(const std::string& project, const std::vector<std::string>& words);

/// The same for a command whose output a person reads: in colour on a terminal.
Spawn compose_for_person(const std::string& project, const std::vector<std::string>& words);

/// The input of an action that works with files, as a stack. Compose has one set of variables for
/// all files, so variables of single services (`serviceEnv`) are added if all services that have
/// them agree.
Stack stack_of(Context& context, const json& input);

/// Whether `docker` inherits this variable from Harbor's own environment.
bool is_inherited(std::string_view name);

/// Adds `words` to a command line.
void append(std::vector<std::string>& words, const json& more);

}  // namespace harbor::docker
