#include "pack.h"

ZOO_PLAIN_PACK("org.example.name", "Bad-Name");
