#include <unistd.h>

#include "pack.h"

__attribute__((constructor)) static void hang(void) {
  for (;;) pause();
}

ZOO_PLAIN_PACK("org.example.hang", "hang.run");
