// harbor/action.hpp - the whole C++20 layer over harbor/plugin.h. Header-only; a pack exports
// nothing of it.
//
// An action is a function `json f(Context&, const json& input)`, turned into a table entry by
// action<f>({...}) and registered by HARBOR_PLUGIN. It reports a failure by throwing Error;
// exceptions never leave the pack.
//
// Each power of the host has its own header, with a free function that takes a Call: code that
// needs no more can include just that.
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
