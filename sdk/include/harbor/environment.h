/* clang-format off */
/* harbor/environment.h - optional host table "harbor.environment.v1": the environment in which the user started Harbor.
 * A pack reads only the few variables that it documents, or that the descriptor names. C99. Get it with
 * host->extension(host, HARBOR_ENVIRONMENT_ID). */
#ifndef HARBOR_ENVIRONMENT_H
#define HARBOR_ENVIRONMENT_H
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_ENVIRONMENT_ID "harbor.environment.v1"

typedef struct harbor_environment {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any] The value of a variable as Harbor was started with it: HARBOR_OK, or HARBOR_E_NOT_FOUND when it is not set,
   * which does not fail the call. Invalid UTF-8 is replaced. Pass a secret value to put_secret() before anything else.
   * Needs HARBOR_FX_READ_HOST. */
  harbor_status (*get)(harbor_call *, harbor_str name, harbor_str *value);
  /* [any] Calls visit() with the name of every variable that begins with `prefix`, sorted by bytes. Needs
   * HARBOR_FX_READ_HOST. */
  harbor_status (*names)(harbor_call *, harbor_str prefix, void (*visit)(void *user, harbor_str name), void *user);
} harbor_environment;

#ifdef __cplusplus
}
#endif
#endif
