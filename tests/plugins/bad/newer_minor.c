/* Not bad at all: a newer minor is accepted. */
#include "pack.h"

#undef HARBOR_ABI_MINOR
#define HARBOR_ABI_MINOR 7u
ZOO_PLAIN_PACK("org.example.newer", "newer.run");
