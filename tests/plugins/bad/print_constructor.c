/* Rude, but accepted: nobody hears it while it is scanned. */
#include <stdio.h>

#include "pack.h"

__attribute__((constructor)) static void print(void) {
  puts("zoo: printed by a constructor");
  fputs("zoo: printed by a constructor\n", stderr);
  fflush(NULL);
}

ZOO_PLAIN_PACK("org.example.print", "print.run");
