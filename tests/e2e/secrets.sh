# shellcheck shell=bash
# What the tests of secrets share; sourced behind lib.sh.

folder= # where a test keeps what is no part of its project; each sets its own

# sops is no package of Debian: ./dev builds it into a cache of its own.
need_sops() {
  PATH=$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/harbor-dev/bin
  export PATH
  command -v sops >/dev/null || skip "there is no sops"
  command -v age-keygen >/dev/null || skip "there is no age"
  unset AGE_PRIVATE_KEY SOPS_AGE_KEY SOPS_AGE_KEY_FILE SOPS_AGE_RECIPIENTS
}

# new_key NAME: $folder/NAME.key, private.
new_key() { (umask 077 && age-keygen -o "$folder/$1.key" 2>/dev/null); }
public_key() { age-keygen -y "$folder/$1.key"; }
private_key() { grep -v '^#' "$folder/$1.key"; }
