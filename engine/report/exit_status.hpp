// The closed list of exit statuses; documented in docs/reference/exit-status.md.
#pragma once

namespace harbor {

enum class ExitStatus : int {
  done = 0,
  failed = 1,           ///< a step failed
  changes = 2,          ///< `plan --detailed-exitcode`: the plan has changes
  usage = 64,           ///< wrong command line
  invalid = 65,         ///< the descriptor, or a file that it leads to, is invalid
  no_input = 66,        ///< a file that is needed is missing
  unavailable = 69,     ///< a tool or daemon is missing, too old, or does not answer
  io = 74,              ///< reading or writing failed
  locked = 75,          ///< another run holds the lock
  denied = 77,          ///< a secret or permission was refused
  plugin_refused = 78,  ///< a plugin was refused
  timeout = 124,
  interrupted = 130,
};

}  // namespace harbor
