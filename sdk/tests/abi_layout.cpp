// The same in C++, and the signatures, which C cannot compare.
#include "abi_layout.c"

#include <type_traits>

#define SIGNATURE(member, ...) \
  static_assert(std::is_same<decltype(member), __VA_ARGS__>::value, #member)

SIGNATURE(harbor_host::log, void (*)(harbor_call*, int32_t, harbor_str, harbor_str));
SIGNATURE(harbor_host::progress, void (*)(harbor_call*, double, harbor_str));
SIGNATURE(harbor_host::emit_output, harbor_status (*)(harbor_call*, harbor_str));
SIGNATURE(harbor_host::emit_origin, harbor_status (*)(harbor_call*, harbor_str, harbor_str));
SIGNATURE(harbor_host::save_state, harbor_status (*)(harbor_call*, harbor_str));
SIGNATURE(harbor_host::fail, harbor_status (*)(harbor_call*, harbor_status, const harbor_error*));
SIGNATURE(harbor_host::cancelled, harbor_status (*)(harbor_call*));
SIGNATURE(harbor_host::put_secret,
          harbor_status (*)(harbor_call*, harbor_str, harbor_str, harbor_str*));
SIGNATURE(harbor_host::with_secret,
          harbor_status (*)(harbor_call*, harbor_str, void (*)(void*, harbor_str), void*));
SIGNATURE(harbor_host::spawn,
          harbor_status (*)(harbor_call*, const harbor_spawn*, harbor_spawn_result*));
SIGNATURE(harbor_host::invoke,
          harbor_status (*)(harbor_call*, harbor_str, harbor_str, harbor_str*));
SIGNATURE(harbor_host::raise_hook, harbor_status (*)(harbor_call*, harbor_str, harbor_str));
SIGNATURE(harbor_host::alloc, void* (*)(harbor_call*, size_t, size_t));
SIGNATURE(harbor_host::extension, const void* (*)(const harbor_host*, harbor_str));
SIGNATURE(harbor_spawn::on_line, void (*)(void*, int32_t, harbor_str));
SIGNATURE(harbor_spawn::on_silence, harbor_status (*)(void*));
SIGNATURE(harbor_action::execute, harbor_status (*)(harbor_call*));
SIGNATURE(&harbor_plugin_entry_v1, const harbor_plugin* (*)(const harbor_host*));
