// merge_bench TREE [SERVICE...]: how long choosing and merging take, next to a bare libyaml event
// pass.
#include <sys/resource.h>
#include <yaml.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "merge.hpp"
#include "selection.hpp"
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

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: merge_bench TREE [SERVICE...]\n");
    return 64;
  }
  const Tree tree = tree_at(argv[1]);
  SelectionRules rules;
  rules.search = {"services", "."};
  SelectionRequest request;
  request.services.assign(argv + 2, argv + argc);
  if (argc == 2) request.services = {"*"};
  const Selection chosen = select(tree, rules, request);
  std::string text;
  constexpr int rounds = 20;
  double selecting = best_of(rounds, [&] { select(tree, rules, request); });
  double reading = best_of(rounds, [&] {
    for (const std::string& file : chosen.files) tree.read(file);
  });
  double floor = best_of(rounds, [&] {
    for (const std::string& file : chosen.files) read_events(*tree.read(file));
  });
  double merging = best_of(rounds, [&] { merge(tree, chosen.files); });
  double whole = best_of(rounds, [&] {
    Selection again = select(tree, rules, request);
    Project project = merge(tree, again.files);
    text = to_yaml(*project.root);
  });
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%zu files, %zu bytes out\n", chosen.files.size(), text.size());
  std::printf(
      "select %.2f ms, read %.2f ms, floor (read and libyaml events) %.2f ms, merge %.2f ms\n",
      selecting, reading, floor, merging);
  std::printf("whole %.2f ms = %.2f x floor, peak %ld KiB\n", whole, whole / floor,
              usage.ru_maxrss);
  return 0;
}
