// harbor/operation.hpp - turns C++ functions into entries of the boundary: operation<f> and
// action<f>({...}).
#pragma once

#include <harbor/call.hpp>
#include <harbor/context.hpp>
#include <harbor/log.hpp>
#include <harbor/output.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace harbor {

/// A function that can be an operation: (Context&, const json& input) to json, Result or nothing.
template <class Function>
concept OperationFunction = std::invocable<Function, Context&, const json&> &&
    (std::is_void_v<std::invoke_result_t<Function, Context&, const json&>> ||
     std::convertible_to<std::invoke_result_t<Function, Context&, const json&>, Result>);

namespace detail {

inline harbor_status report_bug(harbor_call* call, const char* what) noexcept {
  try {
    Error error(HARBOR_E_INTERNAL, "sdk.exception",
                std::string(text(call->action->name)) + " ended with an unexpected exception",
                "this is a bug of the pack that provides the action: report it to its author");
    if (what != nullptr) error.causes.emplace_back(what);
    call->host->fail(call, error.status, ErrorView(error).get());
  } catch (...) {
    harbor_error error{};  // out of memory: only what needs none
    error.struct_size = sizeof error;
    error.code = view("sdk.exception");
    error.message = view("out of memory");
    call->host->fail(call, HARBOR_E_INTERNAL, &error);
  }
  return HARBOR_E_INTERNAL;
}

inline harbor_status finish(const Context& context, Result result) {
  if (context.failed() != HARBOR_OK) return context.failed();
  if (!result.output.is_null()) {
    const harbor_status status = emit_output(context, std::move(result.output));
    if (status > HARBOR_OK) return status;
  }
  return result.changed ? HARBOR_OK : HARBOR_UNCHANGED;
}

/// The wall between C++ and the boundary.
template <auto Function>
harbor_status run(harbor_call* call) noexcept {
  try {
    Context context(call);
    try {
      if constexpr (std::is_void_v<decltype(Function(context, context.input()))>) {
        Function(context, context.input());
        return finish(context, {});
      } else {
        return finish(context, Function(context, context.input()));
      }
    } catch (const Error& error) {
      context.fail(error);
      return context.failed();
    } catch (const HostFailure& failure) {
      return failure.status;
    }
  } catch (const std::exception& exception) {
    return report_bug(call, exception.what());
  } catch (...) {
    return report_bug(call, nullptr);
  }
}

}  // namespace detail

/// A C++ function as an operation of the boundary.
template <auto Function>
requires OperationFunction<decltype(Function)>
inline constexpr harbor_op operation = &detail::run<Function>;

/// Everything about an action except its execute; every text must be a literal. See harbor_action
/// in plugin.h.
struct ActionDef {
  std::string_view name;
  std::string_view doc;
  std::string_view input = "{}";  ///< JSON Schema draft 7
  std::string_view output = {};   ///< the same; empty = no output
  std::string_view requires_caps = {};
  std::string_view provides_caps = {};
  std::uint64_t effects = 0;     ///< HARBOR_FX_*
  std::uint32_t flags = 0;       ///< HARBOR_AF_*
  harbor_op validate = nullptr;  ///< operation<function>
  harbor_op plan = nullptr;
  harbor_op undo = nullptr;
  harbor_op status = nullptr;
};

/// `constexpr harbor_action up = action<run_up>({.name = "net.up", .undo = operation<run_down>});`
template <auto Execute>
requires OperationFunction<decltype(Execute)>
constexpr harbor_action action(const ActionDef& def) {
  harbor_action result{};
  result.struct_size = sizeof result;
  result.flags = def.flags;
  result.effects = def.effects;
  result.name = detail::view(def.name);
  result.doc = detail::view(def.doc);
  result.input_schema = detail::view(def.input);
  result.output_schema = detail::view(def.output);
  result.requires_caps = detail::view(def.requires_caps);
  result.provides_caps = detail::view(def.provides_caps);
  result.validate = def.validate;
  result.plan = def.plan;
  result.execute = operation<Execute>;
  result.undo = def.undo;
  result.status = def.status;
  return result;
}

}  // namespace harbor
