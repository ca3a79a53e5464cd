#include "on_change.hpp"

#include <string.h>

#include <algorithm>
#include <csignal>

#include "scalar.hpp"
#include "suggestion.hpp"

namespace harbor::compose {
namespace {

std::vector<std::string> known_answers() {
  std::vector<std::string> names = {"restart", "none"};
  for (int number = 1; number < SIGRTMIN; ++number)
    if (const char* name = ::sigabbrev_np(number)) names.push_back(std::string("SIG") + name);
  return names;
}

}  // namespace

std::map<std::string, std::string> on_change_of(const Project& project) {
  std::map<std::string, std::string> out;
  for (const HarborKey& key : project.harbor) {
    if (key.key != "x-harbor-on-change" || key.section != "services") continue;
    static const std::vector<std::string> known = known_answers();
    const std::string answer = key.value->kind == Kind::scalar ? value_text(*key.value) : "";
    if (std::find(known.begin(), known.end(), answer) != known.end()) {
      out[key.name] = answer;
      continue;
    }
    const std::string meant = suggestion::did_you_mean(answer, known);
    throw Error(HARBOR_E_INPUT, "compose.on_change",
                "'" + key.name + "' cannot " + (answer.empty() ? "do that" : "'" + answer + "'") +
                    " when what it mounts changes",
                meant.empty() ? "write restart, none, or a signal such as SIGHUP" : meant,
                {project.store->label(key.value->place, answer)});
  }
  return out;
}

}  // namespace harbor::compose
