// The failure that something ends with.
#pragma once

#include <catch2/catch.hpp>

#include "report/diagnostic.hpp"

namespace test {

/// Fails the test when nothing is thrown.
template <typename Function>
harbor::report::Diagnostic failure_of(const Function& function) {
  try {
    function();
  } catch (const harbor::report::Error& error) {
    return error.diagnostics().front();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace test
