// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::compose {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_NOT_FOUND, "compose.file_missing", "a file that a compose file names does not exist",
     "For example an `env_file:` or an included file. Paths are relative to the project folder."},
    {HARBOR_E_IO, "compose.unreadable", "a compose file or its folder cannot be read",
     "It is there, but it is not a regular file, or you may not read it. The message gives the "
     "system's "
     "reason."},
    {HARBOR_E_INPUT, "compose.unknown_service", "no such service",
     "The name matches no compose file, or no deployed service. `harbor ps` lists what is "
     "deployed."},
    {HARBOR_E_INPUT, "compose.unknown_option", "no such option",
     "No compose file of the tree has this word in its name. `--allow-unknown` makes it a "
     "warning."},
    {HARBOR_E_NOT_FOUND, "compose.base_missing", "a base file does not exist",
     "`source.rules.base` names a compose file that is not there."},
    {HARBOR_E_INPUT, "compose.bad_pattern", "a pattern of `include` cannot be read",
     "A pattern is the name of a compose file in which `${service}`, `${option}` and `*` stand for "
     "words between dots."},
    {HARBOR_E_INPUT, "compose.project_name", "no name for the Compose project",
     "The project is named after the descriptor's `name:` or the project folder; neither has a "
     "letter or digit."},
    {HARBOR_E_INPUT, "compose.nothing_selected", "no compose file was chosen",
     "Neither a base file nor a service was selected. Name services on the command line or in a "
     "profile."},
    {HARBOR_E_INPUT, "compose.yaml_syntax", "a compose file is not YAML",
     "The place is where reading stopped; the mistake is there or on the line above. Most often it "
     "is the indentation, or a text with `: ` or ` #` that needs quotes."},
    {HARBOR_E_INPUT, "compose.duplicate_key", "a key appears twice in one map",
     "YAML gives the keys of a map no order, so two with one name have no meaning. Both places "
     "are shown."},
    {HARBOR_E_INPUT, "compose.key_not_string", "a key is not text",
     "`yes:`, `1:` and the like are not text in YAML. Put the key in quotes."},
    {HARBOR_E_INPUT, "compose.not_a_mapping", "a compose document is not a map",
     "A compose file is a map with `services:`, `networks:` and so on, not a list or a single "
     "value."},
    {HARBOR_E_INPUT, "compose.unknown_alias", "an alias without its anchor",
     "`*name` stands for what `&name` marks above it in the same document."},
    {HARBOR_E_INPUT, "compose.alias_cycle", "an alias inside its own anchor",
     "Its value would be infinite."},
    {HARBOR_E_INPUT, "compose.bad_merge_key", "`<<` does not name a map",
     "`<<:` takes a map, an alias of one, or a list of these."},
    {HARBOR_E_INPUT, "compose.too_large", "a compose file is too large",
     "More than 1 MiB in one file is a mistake, not a stack."},
    {HARBOR_E_INPUT, "compose.too_deep", "a compose file nests too deep", "More than 64 levels."},
    {HARBOR_E_INPUT, "compose.too_many_nodes", "a compose file holds too many values",
     "More than 100000 once aliases are expanded: anchors that repeat anchors."},
    {HARBOR_E_INPUT, "compose.no_documents", "no compose file holds a document",
     "All chosen files are empty or hold only comments."},
    {HARBOR_E_INPUT, "compose.bad_services", "`services` is not a map of names",
     "Write each service under its name below `services:`."},
    {HARBOR_E_INPUT, "compose.merge_conflict", "two files give one key different forms",
     "Lists, maps and single values cannot be merged with each other. Both places are shown. Write "
     "both in the same form, or put `!override` before the later one."},
    {HARBOR_E_INPUT, "compose.bad_extends", "`extends` names no service",
     "Write `extends: {service: NAME}`, with `file:` for a service of another file."},
    {HARBOR_E_INPUT, "compose.extends_missing", "`extends` names a service that does not exist",
     "It sees the services of one file only: that of `file:`, else its own."},
    {HARBOR_E_INPUT, "compose.extends_cycle", "`extends` forms a cycle",
     "A service cannot extend itself. A chain may have at most 32 services."},
    {HARBOR_E_INPUT, "compose.bad_include", "`include` cannot be read",
     "It is a list of files, or of maps with `path:`."},
    {HARBOR_E_INPUT, "compose.include_cycle", "a file includes itself",
     "Directly, or through others."},
    {HARBOR_E_INPUT, "compose.include_conflict",
     "an included service is defined again, and differs",
     "Compose refuses that. Change an included service in a later file of the selection."},
    {HARBOR_E_INPUT, "compose.include_env_file", "`env_file` of an include is not read",
     "The merged file takes its variables from `prepare.env`."},
    {HARBOR_E_INPUT, "compose.remote_include",
     "an include names something that is not on this machine",
     "Harbor fetches nothing while reading. Fetch the file and include the copy."},
    {HARBOR_E_INPUT, "compose.native_unknown", "no such service to run natively",
     "`-x` or `native:` names a service that no compose file mentions."},
    {HARBOR_E_INPUT, "compose.native_no_contract", "a service has no native contract",
     "A service that runs outside containers is described by `x-harbor-native` in "
     "NAME/NAME_native.yml, services/NAME/ or stacks/NAME/. Without that file it is left out, with "
     "nothing in its place: selecting and dry runs warn about it, and a start is refused."},
    {HARBOR_E_INPUT, "compose.native_malformed", "a native contract cannot be read",
     "`x-harbor-native` has `executable` and may have `daemon_args`, `port`, "
     "`requires_gpu_passthrough`, `env_vars` and `env_overrides`."},
    {HARBOR_E_INPUT, "compose.native_unreferenced", "a native service that nothing uses",
     "It is not chosen, and no chosen file has its name."},
    {HARBOR_E_INPUT, "compose.native_placeholder",
     "a placeholder of a native contract has no value",
     "`{{.native_port}}` needs `port:`; `${NAME}` needs a value in `prepare.env`, or a default."},
    {HARBOR_E_INPUT, "compose.template_malformed", "a config template cannot be read",
     "`x-harbor-config-templates` is a list of `{source: FILE, target: /FILE}`. Variables in these "
     "paths need a value in `prepare.env`, or a default."},
    {HARBOR_E_INPUT, "compose.shared_volume_skipped", "a shared volume is left out",
     "A mount in `x-harbor-shared-volumes` is only made if its variable has a value."},
    {HARBOR_E_INPUT, "compose.no_such_key", "the merged file has no such key",
     "`harbor why compose.PATH` names something that no chosen file sets. `harbor up --dry-run` "
     "prints the merged file."},
    {HARBOR_E_INPUT, "compose.dependency_missing", "a service depends on one that is not chosen",
     "Compose refuses such files. Choose the other service too, or remove the dependency."},
    {HARBOR_E_INPUT, "compose.cross_file_token", "a cross file waits for a name that nothing has",
     "compose.x.A.B.yml is chosen when both A and B are, but no other file mentions one of them, "
     "so it never will be. Perhaps the name is misspelt."},
    {HARBOR_E_INPUT, "compose.variable_unset", "a variable has no value",
     "Compose replaces it with empty text."},
    {HARBOR_E_INPUT, "compose.variable_required", "a variable must have a value",
     "A compose file has `${NAME:?...}`, and no env file of `prepare.env` sets it."},
    {HARBOR_E_INPUT, "compose.env_file_missing", "an env file does not exist",
     "A service names it under `env_file`, so Compose refuses to start anything. Create it, "
     "correct "
     "the path, or write it as `{path: ..., required: false}`."},
    {HARBOR_E_INPUT, "compose.build_context_missing",
     "the files that an image is built from do not exist",
     "The folder or the Dockerfile that `build:` of a service names does not exist. Paths are "
     "relative to the project folder."},
    {HARBOR_E_INPUT, "compose.on_change", "x-harbor-on-change has an unknown value",
     "It says what to do with a running service when the content that it mounts from var/run "
     "changes: `restart`, `none`, or a signal such as `SIGHUP`. Without it, the service gets a new "
     "container."},
    {HARBOR_E_INPUT, "compose.absolute_path", "a path of this machine stays in the ejected file",
     "The file will look for that folder wherever it is used. Use a variable instead."},
    {HARBOR_E_INPUT, "compose.eject_exists", "the ejected files already exist",
     "`harbor eject --output` overwrites nothing."},
    {HARBOR_E_IO, "compose.write_failed", "a file could not be written",
     "The message says which and why."},
};

}  // namespace harbor::compose
