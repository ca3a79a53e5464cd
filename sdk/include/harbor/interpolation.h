/* clang-format off */
/* harbor/interpolation.h - optional host table "harbor.interpolation.v1": `${NAME}` in the grammar of env files, the
 * same code that the descriptor is read with. C99. Get it with host->extension(host, HARBOR_INTERPOLATION_ID). */
#ifndef HARBOR_INTERPOLATION_H
#define HARBOR_INTERPOLATION_H
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_INTERPOLATION_ID "harbor.interpolation.v1"

/* What lookup() answers. */
#define HARBOR_VARIABLE_UNSET 0
#define HARBOR_VARIABLE_SET 1

/* What is wrong with a text. */
#define HARBOR_EXPANSION_FINE 0
#define HARBOR_EXPANSION_SYNTAX 1
#define HARBOR_EXPANSION_REQUIRED 2 /* ${NAME:?message}, and NAME has no value */
#define HARBOR_EXPANSION_TOO_DEEP 3
#define HARBOR_EXPANSION_TOO_LONG 4

#define HARBOR_EXPAND_EAGER (1u << 0) /* defaults that are not used are expanded too, and may fail */

typedef struct harbor_expand {
  uint32_t struct_size;
  uint32_t flags; /* HARBOR_EXPAND_* */
  harbor_str text;
  void *user;
  /* The value of `name`: HARBOR_VARIABLE_*; `*value` is borrowed until the next call. */
  int32_t (*lookup)(void *user, harbor_str name, harbor_str *value);
  /* Optional: `name` is not set and became empty; offset and length, in bytes of `text`, span the whole reference. */
  void (*unset)(void *user, harbor_str name, size_t offset, size_t length);
  /* Optional: 0 leaves references to `name` in the text as they are written. */
  int32_t (*only)(void *user, harbor_str name);
} harbor_expand;

typedef struct harbor_expansion {
  uint32_t struct_size; /* set by the caller */
  uint32_t fault;       /* HARBOR_EXPANSION_* */
  harbor_str text;      /* the result; empty when there is a fault */
  size_t offset, length; /* of the fault, in bytes of the text that was given */
  harbor_str name;      /* the variable at fault, or empty */
  harbor_str message;   /* one sentence without a full stop */
} harbor_expansion;

typedef struct harbor_interpolation {
  uint32_t struct_size;
  uint32_t reserved;
  /* [op] HARBOR_OK also for a text with a fault: look at the result. Texts of the result live in the call's arena. */
  harbor_status (*expand)(harbor_call *, const harbor_expand *, harbor_expansion *);
} harbor_interpolation;

#ifdef __cplusplus
}
#endif
#endif
