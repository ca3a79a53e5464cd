#include "pack.h"

ZOO_PLAIN_PACK("org.example.plain", "plain.run");
