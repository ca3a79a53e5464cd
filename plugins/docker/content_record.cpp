#include "content_record.hpp"

#include <algorithm>
#include <fstream>

#include "command.hpp"
#include "failure.hpp"

namespace harbor::docker {
namespace {

constexpr const char* file_name = "compose.content.json";

}  // namespace

std::map<std::string, Digests> read_content_record(const Context& context) {
  std::ifstream in(std::string(context.run_dir()) + "/" + file_name);
  const json record = json::parse(in, nullptr, false);
  std::map<std::string, Digests> out;
  if (!record.is_object()) return out;
  for (const auto& [container, digests] : record.items())
    for (const auto& [path, digest] : digests.items())
      if (digest.is_string()) out[container][path] = digest.get<std::string>();
  return out;
}

bool tell_of_content(Context& context, const std::vector<Decision>& decisions) {
  bool told = false;
  for (const Decision& one : decisions) {
    if (!one.is_told || one.deed > Deed::restart) continue;  // a new container reads it anyway
    std::vector<std::string> words = {"restart"};
    if (one.deed != Deed::restart) words = {"kill", "--signal", one.wanted->on_change};
    for (const Container* container : one.containers) words.push_back(container->id);
    context.progress(-1, one.wanted->service + ": " + one.wanted->on_change);
    const Process process = context.spawn(docker(words));
    if (!process.ok()) throw failure_of(context, process);
    told = true;
  }
  return told;
}

void write_content_record(Context& context, const std::vector<Wanted>& services,
                          const std::vector<Container>& containers) {
  json record = json::object();
  for (const Wanted& wanted : services) {
    if (wanted.content.empty()) continue;
    for (const Container& container : containers)
      if (container.service == wanted.service) record[container.id] = wanted.content;
  }
  if (record.empty())
    context.remove_file(file_name);
  else
    context.write_file({.path = file_name, .parts = {record.dump(1) + "\n"}});
}

}  // namespace harbor::docker
