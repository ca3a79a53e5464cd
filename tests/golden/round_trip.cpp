// Harbor, but what it runs is each plan as it comes back from its JSON text. Every golden case is
// run with it as well: what a plan cannot say of itself shows as a difference.
#include <iostream>

#include "cli/dispatch.hpp"
#include "plan/plan_json.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  auto context = harbor::cli::context_of_process(argc, argv);
  context.exchange = [](const harbor::plan::Plan& plan) {
    return harbor::plan::from_json(nlohmann::json::parse(to_json(plan).dump()));
  };
  return harbor::cli::dispatch(std::move(context));
}
