#include "denied.hpp"

#include <algorithm>
#include <array>

namespace harbor::env {
namespace {

using namespace std::string_view_literals;

/// sudo's list of dangerous variables, plus what docker, git and sops read.
// These reach Compose, sops and hooks through the environment, and a repository's env file is less
// trusted than the user who starts Harbor: LD_PRELOAD in it would run code in each of them.
constexpr std::array whole = {"BASH_ENV"sv,
                              "BASHOPTS"sv,
                              "CDPATH"sv,
                              "ENV"sv,
                              "FPATH"sv,
                              "GCONV_PATH"sv,
                              "GIT_SSH"sv,
                              "GIT_SSH_COMMAND"sv,
                              "GIT_ASKPASS"sv,
                              "GLOBIGNORE"sv,
                              "HOSTALIASES"sv,
                              "IFS"sv,
                              "JAVA_TOOL_OPTIONS"sv,
                              "KRB5_CONFIG"sv,
                              "LOCALDOMAIN"sv,
                              "LOCPATH"sv,
                              "NLSPATH"sv,
                              "NODE_OPTIONS"sv,
                              "NODE_PATH"sv,
                              "NULLCMD"sv,
                              "PATH"sv,
                              "PATH_LOCALE"sv,
                              "PERL5DB"sv,
                              "PERL5LIB"sv,
                              "PERL5OPT"sv,
                              "PERLIO_DEBUG"sv,
                              "PERLLIB"sv,
                              "PROMPT_COMMAND"sv,
                              "PS4"sv,
                              "PYTHONHOME"sv,
                              "PYTHONINSPECT"sv,
                              "PYTHONPATH"sv,
                              "PYTHONUSERBASE"sv,
                              "READNULLCMD"sv,
                              "RES_OPTIONS"sv,
                              "RUBYLIB"sv,
                              "RUBYOPT"sv,
                              "SHELLOPTS"sv,
                              "SSH_ASKPASS"sv,
                              "TERMCAP"sv,
                              "TERMINFO"sv,
                              "TERMINFO_DIRS"sv,
                              "TERMPATH"sv,
                              "TMPPREFIX"sv,
                              "ZDOTDIR"sv};

constexpr std::array beginnings = {"LD_"sv,     "_RLD"sv,      "DYLD_"sv,   "BASH_FUNC_"sv,
                                   "DOCKER_"sv, "COMPOSE_"sv,  "BUILDX_"sv, "SOPS_"sv,
                                   "AGE_"sv,    "GIT_CONFIG"sv};

}  // namespace

bool is_denied(std::string_view name) {
  return std::find(whole.begin(), whole.end(), name) != whole.end() ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

void require_harmless(const Merged& merged, const std::vector<std::string>& allowed) {
  const auto check = [&](const Environment& environment) {
    for (const auto& [name, chain] : environment) {
      if (!is_denied(name) || std::find(allowed.begin(), allowed.end(), name) != allowed.end())
        continue;
      // The whole chain: a line that a stronger layer overrides takes effect once that layer is
      // removed.
      for (const Origin& origin : chain) {
        if (origin.layer == LayerType::host) continue;
        Label label{
            origin.file, origin.line, origin.column, static_cast<unsigned>(name.size()), {}};
        if (origin.is_secret) label = {origin.file, 0, 0, 0, {}};  // an excerpt would show it
        throw Error(HARBOR_E_DENIED, "env.denied_name",
                    "a file may not set " + name + ", which changes what Harbor's tools do",
                    "rename it, or write `allow: [" + name + "]` beside the sources", {label});
      }
    }
  };
  check(merged.shared);
  for (const auto& [service, environment] : merged.services) check(environment);
}

}  // namespace harbor::env
