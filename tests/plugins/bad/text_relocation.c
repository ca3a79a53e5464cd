#include "pack.h"

/* An address inside of the code, which the loader has to write there. */
__asm__(".text\n.balign 8\n.quad harbor_plugin_entry_v1\n");

ZOO_PLAIN_PACK("org.example.relocation", "relocation.run");
