// H07xx: the lock, the journal and the files beneath var/.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view locked = "H0701";
inline constexpr std::string_view lock_unusable = "H0702";
inline constexpr std::string_view journal_write = "H0703";
inline constexpr std::string_view journal_corrupt = "H0704";
inline constexpr std::string_view write_failed = "H0705";
inline constexpr std::string_view read_failed = "H0706";
inline constexpr std::string_view lock_wait_cancelled = "H0707";
inline constexpr std::string_view state_damaged = "H0708";
inline constexpr std::string_view newer_format = "H0709";
}  // namespace code

inline constexpr auto store_codes = std::to_array<Code>({
    {code::locked, ExitStatus::locked, "another run holds the lock of this project",
     R"(Only one run at a time may change a project. The message names the process that holds `var/lock`,
what it runs and since when. Wait for it, give this run time to wait (`--lock-timeout 60s`), or stop the
other run with Ctrl-C or `kill PID`.

The lock is the kernel's: it is released when its holder ends, for whatever reason. There is nothing to
unlock by hand, and deleting `var/lock` only lets two runs change the same services at the same time.)"},
    {code::lock_unusable, ExitStatus::io, "the lock file cannot be opened",
     R"(`var/lock` must be a regular file that you may write, on a file system that supports locks. Look at the
owner and mode of `var/`: a first run under another user, or as root, is the usual reason.
`chown -R "$USER" var` gives it back. A symbolic link in its place is refused.)"},
    {code::journal_write, ExitStatus::io, "the journal of the run cannot be written",
     R"(Before each side effect Harbor writes down what it is about to do, and it does nothing that it could not
write down. Most often the disk is full (`df -h var`), read-only, or `var/runs` belongs to another user.
Make room or give the folder back, then run the same command again.)"},
    {code::journal_corrupt, ExitStatus::io, "a journal is damaged",
     R"(Every line of a journal carries a checksum, and lines are numbered. A line in the middle does not match
its checksum or is missing, so something other than Harbor changed the file: an editor, a restored backup
or a failing disk. What can still be read is shown. The run itself is not affected; delete the file when
you no longer need its history. A torn last line, as a power failure leaves it, is not corruption.)"},
    {code::write_failed, ExitStatus::io, "a file cannot be written",
     R"(The file named in the message could not be written. What was there before is unchanged: Harbor writes
to a temporary name and renames it only when all of it is on disk. Check for free space, a read-only
file system, and the owner and mode of the folder.)"},
    {code::read_failed, ExitStatus::io, "a file cannot be read",
     R"(The file named in the message exists but could not be read: it is not a regular file, it is a symbolic
link where none is followed, it is larger than such a file may be, or you may not read it.)"},
    {code::lock_wait_cancelled, ExitStatus::interrupted, "cancelled while waiting for the lock",
     R"(The run was cancelled before it got the lock, so it changed nothing.)"},
    {code::state_damaged, ExitStatus::io, "the record of what is deployed cannot be read",
     R"(`var/state/state.json` says what is deployed and what `harbor destroy` has to undo. It carries a
checksum, and its content does not match: an editor, a restored backup or a failing disk changed it. Harbor
does not guess, since what it overlooked would be left running.

Put back a copy of the file. Without one, look for what is deployed with the tools that run it, take it
down, and delete the file: from then on nothing counts as deployed.)"},
    {code::newer_format, ExitStatus::io, "a newer Harbor wrote this file",
     R"(Files beneath `var/` carry the version of their format, and this one is newer than this Harbor knows.
Use the Harbor that wrote it, or a newer one. A journal (`var/runs`) is only history: it may be deleted.)"},
});

}  // namespace harbor::report
