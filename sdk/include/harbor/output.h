/* clang-format off */
/* harbor/output.h - optional host table "harbor.output.v1": large texts of an operation's output, passed as they are.
 * Quoting and parsing 300 KB of JSON takes longer than producing the text. C99. Get it with
 * host->extension(host, HARBOR_OUTPUT_ID). harbor/action.hpp uses it automatically. */
#ifndef HARBOR_OUTPUT_H
#define HARBOR_OUTPUT_H
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_OUTPUT_ID "harbor.output.v1"

typedef struct harbor_output {
  uint32_t struct_size;
  uint32_t reserved;
  /* [op] The property `name` of the output is this text, at most 16 MiB. Call it after emit_output(), which starts
   * over; the object given there need not have the property. */
  harbor_status (*emit_text)(harbor_call *, harbor_str name, harbor_str text);
} harbor_output;

#ifdef __cplusplus
}
#endif
#endif
