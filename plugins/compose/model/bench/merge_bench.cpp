// merge FOLDER: how long a bare libyaml event pass over a list of files takes, and merging them
// into a text: "FLOOR MERGE" in milliseconds, the shortest of twenty.
#include <yaml.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "merge.hpp"
#include "writer.hpp"

using namespace harbor::compose;

namespace {

double best_of(int rounds, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    auto from = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - from;
    best = std::min(best, took.count());
  }
  return best;
}

void read_events(const std::string& text) {
  yaml_parser_t parser;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  for (bool is_done = false; !is_done;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) break;
    is_done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
}

}  // namespace

// Paths come from standard input, one per line, relative to the folder.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: merge FOLDER <LIST\n", stderr);
    return 64;
  }
  const Tree tree = tree_at(argv[1]);
  std::vector<std::string> files;
  for (std::string line; std::getline(std::cin, line);) files.push_back(line);
  constexpr int rounds = 20;
  const double floor = best_of(rounds, [&] {
    for (const std::string& file : files) read_events(*tree.read(file));
  });
  const double merging = best_of(rounds, [&] { to_yaml(*merge(tree, files).root); });
  std::printf("%.3f %.3f\n", floor, merging);
  return 0;
}
