/* clang-format off */
/* harbor/digest.h - optional host table "harbor.digest.v1": digests of texts, secrets among them by reference, so that a
 * pack can tell that something changed without seeing it. C99. Get it with host->extension(host, HARBOR_DIGEST_ID). */
#ifndef HARBOR_DIGEST_H
#define HARBOR_DIGEST_H
#include <harbor/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HARBOR_DIGEST_ID "harbor.digest.v1"

#define HARBOR_DIGEST_KEYED (1u << 0) /* under the project's key, also where no part is a secret */

typedef struct harbor_digest {
  uint32_t struct_size;
  uint32_t reserved;
  /* [op] A digest of the joined parts: 64 lower-case hex digits. SHA-256; under a key of the project's own, which it keeps
   * in var/state, when a part is a secret or HARBOR_DIGEST_KEYED is given: nobody can then find a short secret by trying,
   * and the digest may be stored and shown. The key is made by the first execute that needs it and whose action declares
   * a write effect. Without one the digests are those of this process alone, so that nothing that was kept equals them. */
  harbor_status (*of)(harbor_call *, const harbor_part *parts, size_t part_count, uint32_t flags, harbor_str *hex);
} harbor_digest;

#ifdef __cplusplus
}
#endif
#endif
