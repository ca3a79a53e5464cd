// A pack that breaks the rules of the boundary while it runs.
#include <harbor/action.hpp>

#include <stdexcept>

using harbor::Context;
using harbor::json;

namespace {

void undeclared(Context& context, const json&) { (void)context.spawn({.argv = {"true"}}); }
void put(Context& context, const json&) { (void)context.put_secret("token", "swordfish"); }
void plans(Context& context, const json&) { (void)context.spawn({.argv = {"true"}}); }
void reference(Context& context, const json&) {
  harbor::Spawn spawn{.argv = {"true"}};
  spawn.env.push_back({"TOKEN", harbor::Part::secret({{"$secret", "s-made-up"}})});
  (void)context.spawn(spawn);
}
json promise(Context&, const json&) { return {{"count", "many"}}; }
json nothing(Context&, const json&) { return json::object(); }
void lets_out(Context&, const json&) { throw std::runtime_error("forgotten"); }

harbor_status raw_text(harbor_call* call) {
  return call->host->emit_output(call, HARBOR_LIT("{\"a\": "));
}
harbor_status raw_throw(harbor_call*) { throw std::runtime_error("across the boundary"); }

constexpr harbor_action raw(std::string_view name, harbor_op execute) {
  auto action = harbor::action<nothing>({.name = name, .doc = "Breaks a rule"});
  action.execute = execute;
  return action;
}

constexpr auto undeclared_action =
    harbor::action<undeclared>({.name = "rogue.spawn", .doc = "Starts a program, undeclared"});
constexpr auto put_action =
    harbor::action<put>({.name = "rogue.put", .doc = "Puts a secret, undeclared"});
constexpr auto plan_action =
    harbor::action<nothing>({.name = "rogue.plan",
                             .doc = "Starts a program while planning",
                             .effects = HARBOR_FX_EXEC | HARBOR_FX_WRITE_WORKSPACE,
                             .plan = harbor::operation<plans>});
constexpr auto reference_action = harbor::action<reference>(
    {.name = "rogue.reference", .doc = "Uses a made-up secret", .effects = HARBOR_FX_EXEC});
constexpr auto promise_action = harbor::action<promise>(
    {.name = "rogue.promise",
     .doc = "Breaks its promise",
     .output = R"({"type": "object", "properties": {"count": {"type": "integer"}}})"});
constexpr auto optional_action = harbor::action<nothing>(
    {.name = "rogue.nothing",
     .doc = "Publishes nothing",
     .input = R"({"type": "object", "x-harbor-section": "deploy.zoo"})",
     .output =
         R"({"type": "object", "properties": {"argv": {"type": "array", "x-harbor-as": "zoo.argv"}}})"});
constexpr auto lets_out_action =
    harbor::action<lets_out>({.name = "rogue.exception", .doc = "Lets an exception out"});
constexpr auto text_action = raw("rogue.text", raw_text);
constexpr auto throw_action = raw("rogue.throw", raw_throw);

}  // namespace

HARBOR_PLUGIN(.id = "org.example.rogue", .version = "1.0.0", .vendor = "Zoo",
              .actions = {&undeclared_action, &put_action, &plan_action, &reference_action,
                          &promise_action, &optional_action, &lets_out_action, &text_action,
                          &throw_action})
