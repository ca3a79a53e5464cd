// sample COUNT PROGRAM ARGUMENT...: runs a program COUNT times and prints the medians of wall time
// and of CPU time (user and system), both in milliseconds, the most memory that a run held, in MiB,
// and the shortest wall time: on a busy machine the one that says most.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

struct Sample {
  double wall = 0, cpu = 0, memory = 0;
  int status = 0;
};

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

Sample measure(char** argv) {
  Sample out;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    execvp(argv[0], argv);
    std::perror(argv[0]);
    _exit(127);
  }
  rusage usage{};
  if (child < 0 || wait4(child, &out.status, 0, &usage) != child) out.status = -1;
  out.wall =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  out.cpu = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  out.memory = static_cast<double>(usage.ru_maxrss) / 1024;
  return out;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc < 3 ? 0 : std::strtol(argv[1], nullptr, 10);
  if (count < 1) {
    std::fputs("usage: sample COUNT PROGRAM ARGUMENT...\n", stderr);
    return 64;
  }
  std::vector<double> walls, cpus;
  double memory = 0;
  for (long i = 0; i < count; ++i) {
    const Sample sample = measure(argv + 2);
    if (sample.status != 0) {
      std::fprintf(stderr, "sample: %s failed\n", argv[2]);
      return 1;
    }
    walls.push_back(sample.wall);
    cpus.push_back(sample.cpu);
    memory = std::max(memory, sample.memory);
  }
  std::printf("%.3f %.3f %.1f %.3f\n", median(walls), median(cpus), memory,
              *std::min_element(walls.begin(), walls.end()));
  return 0;
}
