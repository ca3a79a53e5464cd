#include <iostream>

#include "cli/dispatch.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return harbor::cli::dispatch(harbor::cli::context_of_process(argc, argv));
}
