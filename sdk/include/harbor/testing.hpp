// harbor/testing.hpp - a fake host for the tests of action packs. Header-only, for any test
// framework.
//
//   harbor::testing::Host host;
//   host.on_spawn({"tool", "up"}).exit(1).err("no space left\n");
//   const auto result = host.run(up_action, {{"service", "web"}});
//   REQUIRE(result.status == HARBOR_E_FAILED);
//
// Nothing is started, written or printed. If the pack breaks a rule of plugin.h, or starts a
// process that the test has not scripted, run() throws a Misuse that says what and where.
//
// Each power of the host has its own fake in harbor/testing/; Host has them all.
#pragma once

#include <harbor/testing/bench.hpp>
#include <harbor/testing/environment.hpp>
#include <harbor/testing/file.hpp>
#include <harbor/testing/host.hpp>
#include <harbor/testing/invoke.hpp>
#include <harbor/testing/pack.hpp>
#include <harbor/testing/record.hpp>
#include <harbor/testing/report.hpp>
#include <harbor/testing/secret.hpp>
#include <harbor/testing/spawn.hpp>
#include <harbor/testing/trial.hpp>
