/* Provides an action that zoo.so provides too. */
#include "pack.h"

ZOO_PLAIN_PACK("org.example.rival", "zoo.noop");
