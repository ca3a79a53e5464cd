/* The frozen layout and constants of harbor/plugin.h, ABI major 1, on LP64 systems, compiled as
 * C99, C11, C++17 and C++20: that it compiles is the test. A minor may add lines, and a SIZE may
 * grow with a field at the end; any other change of a line means a new ABI major. */
#include <harbor/plugin.h>

#if !defined(__LP64__)
#error "the layout is frozen for LP64; write down this platform's"
#endif

#if defined(__cplusplus)
#define FROZEN(condition) static_assert(condition, #condition)
#elif __STDC_VERSION__ >= 201112L
#define FROZEN(condition) _Static_assert(condition, #condition)
#else
#define FROZEN(condition) extern const char frozen[(condition) ? 1 : -1]
#endif
#define SIZE(type, size) FROZEN(sizeof(type) == (size))
#define AT(type, field, offset) FROZEN(offsetof(type, field) == (offset))
#define IS(constant, value) FROZEN((constant) == (value))

SIZE(harbor_str, 16);
AT(harbor_str, ptr, 0);
AT(harbor_str, len, 8);

SIZE(harbor_error, 88);
AT(harbor_error, struct_size, 0);
AT(harbor_error, flags, 4);
AT(harbor_error, code, 8);
AT(harbor_error, message, 24);
AT(harbor_error, hint, 40);
AT(harbor_error, pointer, 56);
AT(harbor_error, detail, 72);

SIZE(harbor_failure, 56);
AT(harbor_failure, struct_size, 0);
AT(harbor_failure, status, 4);
AT(harbor_failure, code, 8);
AT(harbor_failure, title, 24);
AT(harbor_failure, explanation, 40);

SIZE(harbor_action, 160);
AT(harbor_action, struct_size, 0);
AT(harbor_action, flags, 4);
AT(harbor_action, effects, 8);
AT(harbor_action, name, 16);
AT(harbor_action, doc, 32);
AT(harbor_action, input_schema, 48);
AT(harbor_action, output_schema, 64);
AT(harbor_action, requires_caps, 80);
AT(harbor_action, provides_caps, 96);
AT(harbor_action, validate, 112);
AT(harbor_action, plan, 120);
AT(harbor_action, execute, 128);
AT(harbor_action, undo, 136);
AT(harbor_action, status, 144);
AT(harbor_action, user, 152);

SIZE(harbor_plugin, 120);
AT(harbor_plugin, struct_size, 0);
AT(harbor_plugin, abi_major, 4);
AT(harbor_plugin, abi_minor, 6);
AT(harbor_plugin, id, 8);
AT(harbor_plugin, version, 24);
AT(harbor_plugin, vendor, 40);
AT(harbor_plugin, license, 56);
AT(harbor_plugin, url, 72);
AT(harbor_plugin, actions, 88);
AT(harbor_plugin, action_count, 96);
AT(harbor_plugin, failures, 104);
AT(harbor_plugin, failure_count, 112);

SIZE(harbor_call, 144);
AT(harbor_call, struct_size, 0);
AT(harbor_call, op, 4);
AT(harbor_call, attempt, 8);
AT(harbor_call, flags, 12);
AT(harbor_call, host, 16);
AT(harbor_call, action, 24);
AT(harbor_call, input, 32);
AT(harbor_call, state, 48);
AT(harbor_call, run_id, 64);
AT(harbor_call, step_id, 80);
AT(harbor_call, workspace, 96);
AT(harbor_call, run_dir, 112);
AT(harbor_call, deadline_ms, 128);
AT(harbor_call, opaque, 136);

SIZE(harbor_part, 32);
AT(harbor_part, text, 0);
AT(harbor_part, secret, 16);

SIZE(harbor_var, 48);
AT(harbor_var, name, 0);
AT(harbor_var, value, 16);

SIZE(harbor_file, 16);
AT(harbor_file, parts, 0);
AT(harbor_file, part_count, 8);

SIZE(harbor_spawn, 144);
AT(harbor_spawn, struct_size, 0);
AT(harbor_spawn, flags, 4);
AT(harbor_spawn, argv, 8);
AT(harbor_spawn, argc, 16);
AT(harbor_spawn, env, 24);
AT(harbor_spawn, env_count, 32);
AT(harbor_spawn, inherit_env, 40);
AT(harbor_spawn, inherit_env_count, 48);
AT(harbor_spawn, cwd, 56);
AT(harbor_spawn, stdin_parts, 72);
AT(harbor_spawn, stdin_part_count, 80);
AT(harbor_spawn, files, 88);
AT(harbor_spawn, file_count, 96);
AT(harbor_spawn, timeout_ms, 104);
AT(harbor_spawn, on_line, 112);
AT(harbor_spawn, user, 120);
AT(harbor_spawn, on_silence, 128);
AT(harbor_spawn, silence_ms, 136);

SIZE(harbor_spawn_result, 48);
AT(harbor_spawn_result, struct_size, 0);
AT(harbor_spawn_result, exit_code, 4);
AT(harbor_spawn_result, term_signal, 8);
AT(harbor_spawn_result, flags, 12);
AT(harbor_spawn_result, out, 16);
AT(harbor_spawn_result, err, 32);

SIZE(harbor_host, 136);
AT(harbor_host, struct_size, 0);
AT(harbor_host, abi_major, 4);
AT(harbor_host, abi_minor, 6);
AT(harbor_host, version, 8);
AT(harbor_host, log, 24);
AT(harbor_host, progress, 32);
AT(harbor_host, emit_output, 40);
AT(harbor_host, emit_origin, 48);
AT(harbor_host, save_state, 56);
AT(harbor_host, fail, 64);
AT(harbor_host, cancelled, 72);
AT(harbor_host, put_secret, 80);
AT(harbor_host, with_secret, 88);
AT(harbor_host, spawn, 96);
AT(harbor_host, invoke, 104);
AT(harbor_host, raise_hook, 112);
AT(harbor_host, alloc, 120);
AT(harbor_host, extension, 128);

SIZE(harbor_note, 36);
AT(harbor_note, name_size, 0);
AT(harbor_note, desc_size, 4);
AT(harbor_note, type, 8);
AT(harbor_note, name, 12);
AT(harbor_note, desc, 20);

IS(HARBOR_ABI_MAJOR, 1);
IS(HARBOR_OK, 0);
IS(HARBOR_UNCHANGED, -1);
IS(HARBOR_E_FAILED, 1);
IS(HARBOR_E_INPUT, 2);
IS(HARBOR_E_RETRYABLE, 3);
IS(HARBOR_E_CANCELLED, 4);
IS(HARBOR_E_TIMEOUT, 5);
IS(HARBOR_E_DENIED, 6);
IS(HARBOR_E_NOT_FOUND, 7);
IS(HARBOR_E_UNSUPPORTED, 8);
IS(HARBOR_E_INTERNAL, 9);
IS(HARBOR_E_UNAVAILABLE, 10);
IS(HARBOR_E_IO, 11);
IS(HARBOR_ERROR_WARNING, 0x1u);
IS(HARBOR_FX_READ_WORKSPACE, 0x1u);
IS(HARBOR_FX_WRITE_WORKSPACE, 0x2u);
IS(HARBOR_FX_READ_HOST, 0x4u);
IS(HARBOR_FX_WRITE_HOST, 0x8u);
IS(HARBOR_FX_NETWORK, 0x10u);
IS(HARBOR_FX_EXEC, 0x20u);
IS(HARBOR_FX_SECRETS, 0x40u);
IS(HARBOR_FX_PRIVILEGED, 0x80u);
IS(HARBOR_FX_WRITES, 0x8au);
IS(HARBOR_AF_IDEMPOTENT, 0x1u);
IS(HARBOR_AF_LONG_RUNNING, 0x2u);
IS(HARBOR_AF_SERIAL, 0x4u);
IS(HARBOR_AF_PARTIAL_CHECK, 0x8u);
IS(HARBOR_OP_VALIDATE, 1);
IS(HARBOR_OP_PLAN, 2);
IS(HARBOR_OP_EXECUTE, 3);
IS(HARBOR_OP_UNDO, 4);
IS(HARBOR_OP_STATUS, 5);
IS(HARBOR_SPAWN_CAPTURE, 0x1u);
IS(HARBOR_SPAWN_QUIET, 0x2u);
IS(HARBOR_SPAWN_READ_ONLY, 0x4u);
IS(HARBOR_SPAWN_ATTACH, 0x8u);
IS(HARBOR_SPAWNED_TRUNCATED, 0x1u);
IS(HARBOR_SPAWNED_LOSSY, 0x2u);
IS(HARBOR_LOG_TRACE, 0);
IS(HARBOR_LOG_DEBUG, 1);
IS(HARBOR_LOG_INFO, 2);
IS(HARBOR_LOG_WARN, 3);
IS(HARBOR_LOG_ERROR, 4);

/* The entry point and the operations have these types. */
harbor_plugin_entry_fn frozen_entry(void);
harbor_plugin_entry_fn frozen_entry(void) { return harbor_plugin_entry_v1; }

HARBOR_ABI_NOTE
