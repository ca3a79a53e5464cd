// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::templating {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_INPUT, "template.syntax", "a template cannot be read",
     "The label shows where. Handlebars closes every `{{` and every block; envsubst closes every "
     "`${`, and a literal dollar sign is written `$$`."},
    {HARBOR_E_INPUT, "template.unsupported", "a part of Handlebars that Harbor leaves out",
     "There are no partials, decorators, raw blocks or block parameters: a template is data, not "
     "code."},
    {HARBOR_E_INPUT, "template.unknown_helper", "no such helper",
     "Helpers are if, unless, each, with, upper, lower, default, join, eq and json."},
    {HARBOR_E_INPUT, "template.bad_argument", "a helper was given something wrong",
     "The hint shows how the helper is written."},
    {HARBOR_E_INPUT, "template.not_text", "an object where text is needed",
     "Name one of its members, or write it as JSON: `{{json NAME}}`."},
    {HARBOR_E_INPUT, "template.too_deep", "a template is nested too deep",
     "Blocks and subexpressions may nest 64 levels deep, so that a hostile template cannot exhaust "
     "the stack."},
    {HARBOR_E_INPUT, "template.too_much_work", "rendering takes too many steps",
     "Loops within loops over long lists multiply. Loop once, over what is needed."},
    {HARBOR_E_INPUT, "template.missing_variable", "a template uses a variable that is not set",
     "Set it in an env file or under `prepare.interpolation.values.extra`, give it a default "
     "(`{{default NAME \"...\"}}`, `${NAME:-...}`), or render with `strict: false`, which makes it "
     "empty."},
    {HARBOR_E_INPUT, "template.too_large", "a template, or what it renders to, is too large",
     "A template may have at most 4 MiB and render to at most 16 MiB."},
    {HARBOR_E_INPUT, "template.outside", "a path does not stay where it must",
     "`from` is a path in the project, without `..`; links must not lead out of the project. `to` "
     "is a folder beneath `var/run/`. A service's name consists of letters, digits, `.`, `_` and "
     "`-`."},
    {HARBOR_E_INPUT, "template.collision", "two templates render to the same file",
     "Give each service a folder of its own with `${service}` in `to`, or rename one of them: the "
     "endings `.hbs`, `.tmpl` and `.template` are dropped."},
    {HARBOR_E_INPUT, "template.no_match", "no template matches",
     "`from` matches no file for any of the chosen services. `**` matches any folders, `*` part of "
     "a name; neither matches a leading dot."},
    {HARBOR_E_INPUT, "template.bad_value", "values under `extra` have a name that is taken",
     "`services`, `options`, `service` and `env` are set by Harbor itself."},
    {HARBOR_E_INPUT, "template.bad_mode", "`mode` is not three octal digits",
     "Permissions for the owner, the group and others: `0600`, `0644`. No setuid bits."},
    {HARBOR_E_IO, "template.unreadable", "a template cannot be read from the disk",
     "It is not a regular file, or you may not read it. The message gives the system's reason."},
};

}  // namespace harbor::templating
