#include "pack.h"

#undef HARBOR_ABI_MAJOR
#define HARBOR_ABI_MAJOR 2u
ZOO_PLAIN_PACK("org.example.future", "future.run");
