#include <signal.h>

#include "pack.h"

__attribute__((constructor)) static void crash(void) { raise(SIGSEGV); }

ZOO_PLAIN_PACK("org.example.crash", "crash.run");
