#include "host/call.hpp"

#include <harbor/output.h>

#include <catch2/catch.hpp>

using namespace harbor::host;
using namespace harbor::process;
using namespace harbor::secret;
using nlohmann::json;

namespace {

harbor_str view(std::string_view text) { return {text.data(), text.size()}; }

harbor_error error_of(std::string_view code, std::string_view message, std::uint32_t flags = 0) {
  harbor_error error{};
  error.struct_size = sizeof error;
  error.flags = flags;
  error.code = view(code);
  error.message = view(message);
  return error;
}

harbor_status invoke(harbor_call* call, harbor_str* output = nullptr) {
  return call->host->invoke(call, view("other.action"), view("{}"), output);
}

harbor_status pass_on(harbor_call* call) { return invoke(call); }

harbor_status say_more(harbor_call* call) {
  invoke(call);
  const auto error = error_of("outer.failed", "the larger thing failed");
  return call->host->fail(call, HARBOR_E_FAILED, &error);
}

harbor_status overcome(harbor_call* call) {
  invoke(call);
  return HARBOR_OK;
}

harbor_status repeat_output(harbor_call* call) {
  harbor_str output{};
  const auto status = invoke(call, &output);
  return status > HARBOR_OK ? status : call->host->emit_output(call, output);
}

harbor_status emit_text(harbor_call* call) {
  const auto* table =
      static_cast<const harbor_output*>(call->host->extension(call->host, view(HARBOR_OUTPUT_ID)));
  call->host->emit_output(call, view(R"({"a": 1})"));
  return table->emit_text(call, view("text"), view("say \"hi\"\n\xff"));
}

/// What an operation leaves behind whose invocation ends with `nested`.
CallResult result_of(harbor_op operation, CallResult nested) {
  Vault vault;
  const Cancellation cancellation;
  Services services;
  services.vault = &vault;
  services.cancellation = &cancellation;
  harbor_action action{};
  action.struct_size = sizeof action;
  action.name = view("outer.action");
  CallSetup setup;
  setup.action = &action;
  setup.input = "{}";
  setup.invoke = [&](const std::string&, const json&) { return std::move(nested); };
  return run_operation(services, setup, operation);
}

CallResult failed_result() {
  Failure failure;
  failure.status = HARBOR_E_DENIED;
  failure.code = "other.refused";
  failure.message = "the key does not fit";
  failure.hint = "take another";
  failure.pointer = "/file";
  failure.labels = {{{"a.env", 3, 1, 0}, "here"}};
  CallResult nested;
  nested.status = HARBOR_E_DENIED;
  nested.failures.push_back(failure);
  return nested;
}

}  // namespace

TEST_CASE("the failure of an invoked action becomes that of the operation which passes it on",
          "[host]") {
  const auto result = result_of(pass_on, failed_result());
  CHECK(result.status == HARBOR_E_DENIED);
  REQUIRE(result.failures.size() == 1);
  const auto& failure = result.failures.front();
  CHECK(failure.code == "other.refused");
  CHECK(failure.message == "the key does not fit");
  CHECK(failure.hint == "take another");
  REQUIRE(failure.labels.size() == 1);
  CHECK(failure.labels.front().span.file == "a.env");
}

TEST_CASE("a pointer into the input of an invoked action is dropped", "[host]") {
  CHECK(result_of(pass_on, failed_result()).failures.at(0).pointer.empty());
}

TEST_CASE("the failure of an invoked action is the cause of what the operation says itself",
          "[host]") {
  const auto result = result_of(say_more, failed_result());
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.front().code == "outer.failed");
  CHECK(result.failures.front().causes == std::vector<std::string>{"the key does not fit"});
}

TEST_CASE("the failure of an invoked action that was overcome is forgotten", "[host]") {
  const auto result = result_of(overcome, failed_result());
  CHECK(result.status == HARBOR_OK);
  CHECK(result.failures.empty());
}

TEST_CASE("warnings and the output of an invoked action reach the operation", "[host]") {
  CallResult nested;
  nested.output = {{"answer", 42}};
  Failure warning;
  warning.warning = true;
  warning.code = "other.odd";
  nested.failures.push_back(warning);
  const auto result = result_of(repeat_output, std::move(nested));
  CHECK(result.status == HARBOR_OK);
  CHECK(result.output == json{{"answer", 42}});
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.front().code == "other.odd");
  CHECK(result.failures.front().warning);
}

TEST_CASE("a text becomes a property of the output, without quoting", "[host]") {
  CHECK(result_of(emit_text, {}).output == json{{"a", 1}, {"text", "say \"hi\"\n\xef\xbf\xbd"}});
}
