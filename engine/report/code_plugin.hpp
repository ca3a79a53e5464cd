// H03xx: finding, checking and loading plugins.
#pragma once

#include <array>

#include "report/code.hpp"

namespace harbor::report {

namespace code {
inline constexpr std::string_view plugin_unsafe_owner_or_mode = "H0301";
inline constexpr std::string_view plugin_link_leaves_folder = "H0302";
inline constexpr std::string_view not_a_plugin = "H0303";
inline constexpr std::string_view plugin_wrong_architecture = "H0304";
inline constexpr std::string_view plugin_abi_mismatch = "H0305";
inline constexpr std::string_view plugin_entry_missing = "H0306";
inline constexpr std::string_view plugin_entry_refused = "H0307";
inline constexpr std::string_view plugin_cannot_be_linked = "H0308";
inline constexpr std::string_view plugin_crashed_in_scan = "H0309";
inline constexpr std::string_view plugin_hung_in_scan = "H0310";
inline constexpr std::string_view plugin_invalid_description = "H0311";
inline constexpr std::string_view plugin_not_trusted = "H0312";
inline constexpr std::string_view plugin_changed_since_trusted = "H0313";
inline constexpr std::string_view plugin_changed_since_scan = "H0314";
inline constexpr std::string_view several_providers = "H0315";
inline constexpr std::string_view plugin_file_missing = "H0316";
inline constexpr std::string_view lock_file_unreadable = "H0320";
}  // namespace code

inline constexpr auto plugin_codes = std::to_array<Code>({
    {code::plugin_unsafe_owner_or_mode, ExitStatus::plugin_refused,
     "somebody else could change a plugin",
     R"(A plugin runs with all your rights, so Harbor opens one only if nobody except you and root can have changed it. The file
and every folder above it must belong to you or to root and must not be writable by group or others; a folder with the
sticky bit (`/tmp`) may be writable, but a plugin must not be directly in it. A file with set-user-id or set-group-id
bits is refused too. The message names the first file or folder at fault: correct it with the `chmod` or
`chown` that is shown, or move the plugin to a folder of your own.)"},
    {code::plugin_link_leaves_folder, ExitStatus::plugin_refused,
     "a symbolic link leads out of the plugin folder",
     R"(A symbolic link in a plugin folder may point only at a file in the same folder or below it, as `pack.so -> pack-1.2.so`
does. This one leads elsewhere, to a place that was not chosen for plugins. Put the file itself into the folder, or add
the folder that holds it to `HARBOR_PLUGIN_PATH`.)"},
    {code::not_a_plugin, ExitStatus::plugin_refused, "a file is not a Harbor plugin",
     R"(The file ends in `.so` and is in a plugin folder, but it is not a regular file, not a shared library, is
damaged, or lacks the note by which Harbor recognizes plugins. None of its code was run. Authors: put `HARBOR_ABI_NOTE`
(C) into one source file; `HARBOR_PLUGIN` of `harbor/action.hpp` does it for you, and build with `harbor_add_plugin()`.
A library with an executable stack, text relocations or a relative search path is refused with this code as well, since
it would weaken the whole process or load code from the folder that Harbor is started in.)"},
    {code::plugin_wrong_architecture, ExitStatus::plugin_refused,
     "a plugin is built for another machine",
     R"(The file is a shared library, but for another processor, word size or byte order than this `harbor`. Get the build of
the plugin for this machine, or build it here. The message names both architectures.)"},
    {code::plugin_abi_mismatch, ExitStatus::plugin_refused,
     "a plugin speaks another version of the plugin interface",
     R"(The major version of the interface (`HARBOR_ABI_MAJOR`) must be equal in engine and plugin; a newer minor version is
fine. Rebuild the plugin with the SDK of this Harbor, or install the Harbor that the plugin was made for. The message
names both versions.)"},
    {code::plugin_entry_missing, ExitStatus::plugin_refused,
     "a plugin does not export its entry point",
     R"(The file carries Harbor's note, but the function `harbor_plugin_entry_v1` cannot be found in it. Usually it was hidden
by the linker (`-fvisibility=hidden` without `HARBOR_EXPORT`, or an export map without the name), or compiled as C++
without `extern "C"`. Authors: include `harbor/plugin.h` and build with `harbor_add_plugin()`.)"},
    {code::plugin_entry_refused, ExitStatus::plugin_refused, "a plugin refused to load",
     R"(The plugin's entry point returned NULL, which means that the plugin cannot work with this Harbor. Ask its author, or
look for another version of the plugin or of Harbor.)"},
    {code::plugin_cannot_be_linked, ExitStatus::plugin_refused,
     "a plugin needs something that this system lacks",
     R"(The system's loader could not link the plugin: a library that it needs is not installed, a symbol is missing, or it was
built on a newer distribution or with a newer compiler than this system has. Install the library that is named, or
rebuild the plugin here; `-static-libstdc++ -static-libgcc` with the export map of `harbor_add_plugin()` avoids the
dependency on the compiler's library. Authors: link with `-Wl,-z,defs`, which finds missing symbols while building.)"},
    {code::plugin_crashed_in_scan, ExitStatus::plugin_refused,
     "a plugin ended the process that examined it",
     R"(Harbor asks an unknown plugin for its description in a process of its own, and this plugin ended that process: by a
crash, by calling `exit`, or by using more memory or processor time than a scan may. The plugin is in quarantine: it is
not tried again until its file changes. Authors: load it in a debugger; nothing but building the table of actions
belongs in constructors and the entry point.)"},
    {code::plugin_hung_in_scan, ExitStatus::plugin_refused,
     "a plugin did not describe itself in time",
     R"(Harbor asks an unknown plugin for its description in a process of its own and gives it two seconds. This one took
longer and was ended. It is in quarantine: it is not tried again until its file changes. Authors: no input or output,
threads or locks belong in constructors and the entry point; open connections in `validate` or `execute`.)"},
    {code::plugin_invalid_description, ExitStatus::plugin_refused,
     "a plugin's description is invalid",
     R"(What the plugin's entry point returned breaks a rule of `harbor/plugin.h`: an identity is missing, the name of an action
is malformed or used twice, an action cannot be executed, or a schema is not a JSON object. The message names the action
and what is wrong. None of the plugin's actions can be used; this is a bug in the plugin; tell its author.)"},
    {code::plugin_not_trusted, ExitStatus::plugin_refused, "a plugin of the project is not trusted",
     R"(A plugin runs with all your rights, and a project folder may come from anywhere, so Harbor runs a plugin inside a
project only after somebody agreed to it. Check where the file comes from, then run `harbor plugin trust FILE`: it
writes the file's SHA-256 into `harbor.lock`, which belongs in version control. None of its code was run.)"},
    {code::plugin_changed_since_trusted, ExitStatus::plugin_refused,
     "the content of a trusted plugin has changed",
     R"(The plugin is named in `harbor.lock`, but its SHA-256 is not one of those pinned there: it was rebuilt, updated or
tampered with, or it is the build for another platform. None of its code was run. If you know why it changed, run
`harbor plugin trust FILE` again; otherwise restore the file.)"},
    {code::plugin_changed_since_scan, ExitStatus::plugin_refused,
     "a plugin changed while Harbor was running",
     R"(Between the scan of the plugins and the first use of one of its actions the file was replaced or removed, so the plan no
longer describes what would run. Nothing of the new file was run. Run the same command again.)"},
    {code::several_providers, ExitStatus::plugin_refused, "more than one plugin provides an action",
     R"(Harbor never chooses silently between plugins that provide the same action. Choose one in the descriptor,
`use: {ACTION: ID}`, or remove the others; `harbor plugin list` shows all of them.)"},
    {code::plugin_file_missing, ExitStatus::no_input,
     "a plugin that the descriptor names does not exist",
     R"(An entry of `plugins:` names a file that is not there. Relative paths are taken from the project folder. Correct the
path, build the plugin, or remove the entry.)"},
    {code::lock_file_unreadable, ExitStatus::invalid, "harbor.lock cannot be read",
     R"(`harbor.lock` says which plugins of the project may run, so Harbor does not guess when it is damaged: it is not JSON, has
another layout, or was written by a newer Harbor. Restore it from version control, or delete it and trust the plugins
again with `harbor plugin trust FILE`.)"},
});

}  // namespace harbor::report
