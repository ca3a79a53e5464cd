// harbor/action.hpp - the C++20 layer over harbor/plugin.h, all of it. Header-only; nothing of it
// is exported by a pack.
//
// An action is a function `json f(Context&, const json& input)`, made a table entry by
// action<f>({...}) and registered by HARBOR_PLUGIN. It reports a failure by throwing Error;
// exceptions never leave the pack.
//
// Each power of the host has a header of its own, with a free function over a Call: include those
// alone in code that needs no more.
#pragma once

#include <harbor/call.hpp>
#include <harbor/context.hpp>
#include <harbor/environment.hpp>
#include <harbor/error.hpp>
#include <harbor/expand.hpp>
#include <harbor/file.hpp>
#include <harbor/invoke.hpp>
#include <harbor/log.hpp>
#include <harbor/operation.hpp>
#include <harbor/output.hpp>
#include <harbor/pack.hpp>
#include <harbor/part.hpp>
#include <harbor/plan.hpp>
#include <harbor/secret.hpp>
#include <harbor/spawn.hpp>
#include <harbor/trial.hpp>
