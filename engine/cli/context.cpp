#include "cli/context.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string_view>

#include "process/footing.hpp"
#include "process/process.hpp"

namespace harbor::cli {

namespace {

std::map<std::string, std::string> variables() {
  std::map<std::string, std::string> all;
  for (char** at = environ; *at; ++at) {
    const std::string_view entry = *at;
    if (const auto sign = entry.find('='); sign != std::string_view::npos)
      all.emplace(entry.substr(0, sign), entry.substr(sign + 1));
  }
  return all;
}

}  // namespace

Context context_of_process(int argc, char** argv) {
  Context context;
  context.lack = process::find_footing();
  context.arguments.assign(argv + std::min(argc, 1), argv + argc);
  context.environment = variables();
  std::error_code ignored;
  context.folder = std::filesystem::current_path(ignored);
  context.executable = std::filesystem::canonical("/proc/self/exe", ignored);
  context.files = workflow::real_file_system();
  context.run_process = process::run;
  context.out = &std::cout;
  context.err = &std::cerr;
  context.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  context.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  return context;
}

}  // namespace harbor::cli
