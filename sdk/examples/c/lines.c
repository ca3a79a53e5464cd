/* example.lines in C99: counts the lines of a file in the workspace. */
#include <harbor/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) ((harbor_str)HARBOR_LIT(s))

/* Reads the only form that the schema allows, {"path": "TEXT"}; a larger pack would use a JSON
 * library. The text must not contain escapes. Returns 0 for anything else. */
static const char* skip(const char* at, const char* end, const char* word) {
  const size_t length = strlen(word);
  while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0') at++;
  return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 ? at + length : NULL;
}

static int read_path(harbor_str json, harbor_str* path) {
  const char* end = json.ptr + json.len;
  const char* at = json.len == 0 ? NULL : skip(json.ptr, end, "{");
  if (at != NULL) at = skip(at, end, "\"path\"");
  if (at != NULL) at = skip(at, end, ":");
  if (at != NULL) at = skip(at, end, "\"");
  if (at == NULL) return 0;
  path->ptr = at;
  while (at < end && *at != '"' && *at != '\\') at++;
  path->len = (size_t)(at - path->ptr);
  at = skip(at, end, "\"");
  return at != NULL && skip(at, end, "}") != NULL;
}

static int is_inside(harbor_str path) {
  if (path.len == 0 || path.ptr[0] == '/') return 0;
  for (size_t at = 0; at < path.len;) {
    size_t size = 0;
    while (at + size < path.len && path.ptr[at + size] != '/') size++;
    if (size == 2 && memcmp(path.ptr + at, "..", 2) == 0) return 0;
    at += size + 1;
  }
  return 1;
}

static harbor_status fail(harbor_call* call, harbor_status status, harbor_str code,
                          harbor_str message, harbor_str hint) {
  const harbor_error error = {.struct_size = sizeof error,
                              .code = code,
                              .message = message,
                              .hint = hint,
                              .pointer = HARBOR_LIT("/path")};
  return call->host->fail(call, status, &error);
}

static harbor_status count(harbor_call* call) {
  harbor_str path = {NULL, 0};
  if (!read_path(call->input, &path) || !is_inside(path)) {
    return fail(call, HARBOR_E_INPUT, TEXT("example.path"),
                TEXT("path must be relative and stay in the workspace"),
                TEXT("drop the leading '/' and every '..'"));
  }

  const harbor_str argv[] = {HARBOR_LIT("wc"), HARBOR_LIT("-l"), HARBOR_LIT("--"), path};
  const harbor_spawn spawn = {.struct_size = sizeof spawn,
                              .flags = HARBOR_SPAWN_CAPTURE | HARBOR_SPAWN_READ_ONLY,
                              .argv = argv,
                              .argc = sizeof argv / sizeof *argv};
  harbor_spawn_result wc = {.struct_size = sizeof wc};
  const harbor_status status = call->host->spawn(call, &spawn, &wc);
  if (status != HARBOR_OK) return status; /* the host has said why */
  if (wc.exit_code != 0) {
    return fail(call, HARBOR_E_NOT_FOUND, TEXT("example.unreadable"),
                TEXT("the file cannot be read"), TEXT("it must exist and be readable by you"));
  }

  long lines = 0;
  for (size_t i = 0; i < wc.out.len && i < 18 && wc.out.ptr[i] >= '0' && wc.out.ptr[i] <= '9';
       i++) {
    lines = lines * 10 + (wc.out.ptr[i] - '0');
  }
  char output[64];
  const int size = snprintf(output, sizeof output, "{\"lines\": %ld}", lines);
  return call->host->emit_output(call, (harbor_str){output, (size_t)size});
}

static const harbor_action action = {
    .struct_size = sizeof action,
    .flags = HARBOR_AF_IDEMPOTENT,
    .effects = HARBOR_FX_READ_WORKSPACE | HARBOR_FX_EXEC,
    .name = HARBOR_LIT("example.lines_c"),
    .doc = HARBOR_LIT("Counts the lines of a file in the workspace."),
    .input_schema = HARBOR_LIT(
        "{\"type\": \"object\", \"required\": [\"path\"], \"additionalProperties\": false,"
        " \"properties\": {\"path\": {\"type\": \"string\", \"description\": \"The file\"}}}"),
    .output_schema =
        HARBOR_LIT("{\"type\": \"object\", \"properties\": {\"lines\": {\"type\": \"integer\"}}}"),
    .execute = count};
static const harbor_action* const actions[] = {&action};

static const harbor_failure path_failure = {
    .struct_size = sizeof path_failure,
    .status = HARBOR_E_INPUT,
    .code = HARBOR_LIT("example.path"),
    .title = HARBOR_LIT("the path leaves the workspace"),
    .explanation = HARBOR_LIT("Give a path below the project folder, without `..`.")};
static const harbor_failure unreadable_failure = {
    .struct_size = sizeof unreadable_failure,
    .status = HARBOR_E_NOT_FOUND,
    .code = HARBOR_LIT("example.unreadable"),
    .title = HARBOR_LIT("the file cannot be read"),
    .explanation = HARBOR_LIT("It is missing, a folder, or not readable by you.")};
static const harbor_failure* const failures[] = {&path_failure, &unreadable_failure};

static const harbor_plugin plugin = {.struct_size = sizeof plugin,
                                     .abi_major = HARBOR_ABI_MAJOR,
                                     .abi_minor = HARBOR_ABI_MINOR,
                                     .id = HARBOR_LIT("com.example.lines_c"),
                                     .version = HARBOR_LIT("1.0.0"),
                                     .vendor = HARBOR_LIT("Example"),
                                     .license = HARBOR_LIT("Apache-2.0"),
                                     .actions = actions,
                                     .action_count = 1,
                                     .failures = failures,
                                     .failure_count = 2};

HARBOR_ABI_NOTE

const harbor_plugin* harbor_plugin_entry_v1(const harbor_host* host) {
  return host->abi_major == HARBOR_ABI_MAJOR ? &plugin : NULL;
}
