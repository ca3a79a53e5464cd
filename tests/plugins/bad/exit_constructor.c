#include <stdlib.h>

#include "pack.h"

__attribute__((constructor)) static void leave(void) { exit(3); }

ZOO_PLAIN_PACK("org.example.exit", "exit.run");
