/* A well-behaved pack for tests of the engine. It reads its input with strstr(): tests write it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pack.h"

#define INTEGER(NAME) "\"" NAME "\": {\"type\": \"integer\", \"minimum\": 0}"
#define SCHEMA(PROPERTIES) \
  HARBOR_LIT(              \
      "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {" PROPERTIES "}}")

/* Behind `"name":` in the input; NULL when it is left out. The input is JSON, so a brace ends every
 * number. */
static const char* find(const harbor_call* call, const char* name) {
  char key[32];
  const int length = snprintf(key, sizeof key, "\"%s\"", name);
  for (size_t i = 0; i + (size_t)length < call->input.len; ++i)
    if (memcmp(call->input.ptr + i, key, (size_t)length) == 0)
      return call->input.ptr + i + length + strspn(call->input.ptr + i + length, ": ");
  return NULL;
}

static long number(const harbor_call* call, const char* name) {
  const char* text = find(call, name);
  return text == NULL ? 0 : strtol(text, NULL, 10);
}

static void pause_ms(long ms) {
  const struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static harbor_status noop(harbor_call* call) {
  (void)call;
  return HARBOR_UNCHANGED;
}

static harbor_status ok(harbor_call* call) {
  const harbor_str output = HARBOR_LIT("{\"ok\":true}");
  return call->host->emit_output(call, output);
}

static harbor_status echo(harbor_call* call) { return call->host->emit_output(call, call->input); }

static harbor_status sleep_ms(harbor_call* call) {
  const long slice = 50;
  for (long left = number(call, "ms"); left > 0; left -= slice) {
    const harbor_status stop = call->host->cancelled(call);
    if (stop != HARBOR_OK) return stop;
    pause_ms(left < slice ? left : slice);
  }
  return HARBOR_OK;
}

static harbor_status hang(harbor_call* call) {
  (void)call;
  for (;;) pause_ms(1000);
  return HARBOR_OK;
}

/* Fails in the first `times` attempts; without `times` in all. With `detail` it says more, for
 * programs. */
static harbor_status fail(harbor_call* call) {
  const char* retryable = find(call, "retryable");
  const char* detail = find(call, "detail");
  const harbor_str none = {NULL, 0};
  if (find(call, "times") != NULL && (long)call->attempt > number(call, "times")) return HARBOR_OK;
  if (detail != NULL)
    call->host->log(call, HARBOR_LOG_INFO, (harbor_str)HARBOR_LIT("about to fail"),
                    (harbor_str)HARBOR_LIT("{\"animal\": \"lion\", \"age\": 7}"));
  const harbor_error error = {
      .struct_size = sizeof error,
      .code = HARBOR_LIT("zoo.failed"),
      .message = HARBOR_LIT("the action was asked to fail"),
      .hint = HARBOR_LIT("ask it for something else"),
      .pointer = HARBOR_LIT("/times"),
      .detail = detail == NULL
                    ? none
                    : (harbor_str)HARBOR_LIT(
                          "{\"causes\": [\"it was hungry\"], \"cage\": {\"number\": 3}}"),
  };
  const int again = retryable != NULL && strncmp(retryable, "true", 4) == 0;
  return call->host->fail(call, again ? HARBOR_E_RETRYABLE : HARBOR_E_FAILED, &error);
}

static harbor_status write_plan(harbor_call* call) {
  const harbor_str changes = HARBOR_LIT(
      "{\"changes\": [{\"op\": \"create\", \"target\": \"zoo\", \"summary\": \"pretend to "
      "write\"}]}");
  return call->host->emit_output(call, changes);
}

static harbor_status write_execute(harbor_call* call) {
  const harbor_str state = HARBOR_LIT("{\"written\":true}");
  return call->host->save_state(call, state);
}

static harbor_status write_undo(harbor_call* call) {
  return call->state.len == 0 ? HARBOR_UNCHANGED : HARBOR_OK;
}

/* `argv` is a list of texts without escapes. */
static harbor_status spawn(harbor_call* call) {
  harbor_str argv[16];
  size_t argc = 0;
  const char* text = find(call, "argv");
  while (text != NULL && argc < 16) {
    const char* begin = strpbrk(text, "\"]");
    if (begin == NULL || *begin == ']') break;
    const char* end = strchr(begin + 1, '"');
    if (end == NULL) break;
    argv[argc].ptr = begin + 1;
    argv[argc++].len = (size_t)(end - begin - 1);
    text = end + 1;
  }
  const harbor_spawn child = {.struct_size = sizeof child, .argv = argv, .argc = argc};
  harbor_spawn_result result = {.struct_size = sizeof result};
  const harbor_status status = call->host->spawn(call, &child, &result);
  if (status != HARBOR_OK) return status;
  return result.exit_code == 0 ? HARBOR_OK : HARBOR_E_FAILED;
}

/* Puts `value`, a text without escapes, and outputs the reference. */
static harbor_status secret(harbor_call* call) {
  const harbor_str name = HARBOR_LIT("zoo");
  const char* begin = find(call, "value");
  const char* end = begin == NULL || *begin != '"' ? NULL : strchr(begin + 1, '"');
  if (end == NULL) return HARBOR_E_INPUT;
  const harbor_str value = {begin + 1, (size_t)(end - begin - 1)};
  harbor_str ref = {NULL, 0};
  const harbor_status status = call->host->put_secret(call, name, value, &ref);
  if (status != HARBOR_OK) return status;
  char json[256];
  const int length =
      snprintf(json, sizeof json, "{\"secret\":{\"$secret\":\"%.*s\"}}", (int)ref.len, ref.ptr);
  const harbor_str output = {json, (size_t)length};
  return call->host->emit_output(call, output);
}

static const harbor_action noop_action = {
    ZOO_ACTION("zoo.noop"), .flags = HARBOR_AF_IDEMPOTENT, .doc = HARBOR_LIT("Does nothing"),
    .provides_caps = HARBOR_LIT("zoo.keeper zoo.cage"), .execute = noop};
static const harbor_action ok_action = {
    ZOO_ACTION("zoo.ok"), .doc = HARBOR_LIT("Succeeds"),
    .output_schema = SCHEMA("\"ok\": {\"type\": \"boolean\", \"x-harbor-as\": \"zoo.ok\"}"),
    .execute = ok};
static const harbor_action echo_action = {
    ZOO_ACTION("zoo.echo"), .doc = HARBOR_LIT("Outputs its input"),
    .input_schema = HARBOR_LIT("{\"type\": \"object\"}"),
    .output_schema = HARBOR_LIT("{\"type\": \"object\"}"), .execute = echo};
static const harbor_action sleep_action = {
    ZOO_ACTION("zoo.sleep"), .flags = HARBOR_AF_LONG_RUNNING,
    .doc = HARBOR_LIT("Sleeps, and stops when it is cancelled"),
    .input_schema = SCHEMA(INTEGER("ms")), .execute = sleep_ms};
static const harbor_action hang_action = {
    ZOO_ACTION("zoo.hang"), .doc = HARBOR_LIT("Never ends, whatever happens"), .execute = hang};
static const harbor_action fail_action = {
    ZOO_ACTION("zoo.fail"), .doc = HARBOR_LIT("Fails in its first attempts"),
    .input_schema = SCHEMA(INTEGER(
        "times") ", \"retryable\": {\"type\": \"boolean\"}, \"detail\": {\"type\": \"boolean\"}"),
    .execute = fail};
static const harbor_action write_action = {ZOO_ACTION("zoo.write_fx"),
                                           .flags = HARBOR_AF_IDEMPOTENT | HARBOR_AF_SERIAL,
                                           .effects = HARBOR_FX_WRITE_WORKSPACE,
                                           .doc = HARBOR_LIT("Says that it writes"),
                                           .plan = write_plan,
                                           .execute = write_execute,
                                           .undo = write_undo};
static const harbor_action spawn_action = {
    ZOO_ACTION("zoo.spawn"),
    .effects = HARBOR_FX_EXEC,
    .doc = HARBOR_LIT("Runs a program"),
    .input_schema = HARBOR_LIT("{\"type\": \"object\", \"required\": [\"argv\"], \"properties\": "
                               "{\"argv\": {\"type\": \"array\", "
                               "\"items\": {\"type\": \"string\"}, \"x-harbor-from\": "
                               "\"zoo.argv\"}}, \"x-harbor-section\": "
                               "\"deploy.zoo\", \"x-harbor-cli\": {\"command\": \"zoo run\", "
                               "\"args\": [\"argv\"], \"verbatim\": true}}"),
    .requires_caps = HARBOR_LIT("zoo.keeper  zoo.cage"),
    .execute = spawn};
static const harbor_action secret_action = {
    ZOO_ACTION("zoo.secret"),
    .effects = HARBOR_FX_SECRETS,
    .doc = HARBOR_LIT("Puts a secret"),
    .input_schema = SCHEMA("\"value\": {\"type\": \"string\"}"),
    .output_schema = SCHEMA("\"secret\": {\"type\": \"object\", \"x-harbor-as\": \"zoo.secret\"}"),
    .execute = secret};

static const harbor_action* const actions[] = {&noop_action,  &ok_action,    &echo_action,
                                               &sleep_action, &hang_action,  &fail_action,
                                               &write_action, &spawn_action, &secret_action};

static const harbor_failure failed = {
    .struct_size = sizeof(harbor_failure),
    .status = HARBOR_E_FAILED,
    .code = HARBOR_LIT("zoo.failed"),
    .title = HARBOR_LIT("the action was asked to fail"),
    .explanation = HARBOR_LIT("`zoo.fail` fails as often as its input says."),
};
static const harbor_failure* const failures[] = {&failed};

static const harbor_plugin pack = {
    .struct_size = sizeof(harbor_plugin),
    .abi_major = HARBOR_ABI_MAJOR,
    .abi_minor = HARBOR_ABI_MINOR,
    .id = HARBOR_LIT("org.example.zoo"),
    .version = HARBOR_LIT("1.2.3"),
    .vendor = HARBOR_LIT("Zoo"),
    .license = HARBOR_LIT("Apache-2.0"),
    .url = HARBOR_LIT("https://zoo.example.org"),
    .actions = actions,
    .action_count = sizeof actions / sizeof actions[0],
    .failures = failures,
    .failure_count = 1,
};

HARBOR_ABI_NOTE

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  (void)host;
  return &pack;
}
