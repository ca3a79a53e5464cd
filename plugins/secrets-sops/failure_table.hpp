// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::secrets_sops {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_NOT_FOUND, "secrets.missing_file", "a file with secrets does not exist",
     "A source of type `sops` names a file that does not exist. Create it with `sops encrypt`, "
     "correct the path, which is relative to the project folder, or mark the source `optional: "
     "true`."},
    {HARBOR_E_IO, "secrets.unreadable_file", "a file with secrets cannot be read",
     "It exists, but it is not a regular file, it is larger than 1 MiB, or you may not read it. "
     "The message says which."},
    {HARBOR_E_INPUT, "secrets.bad_path", "a file with secrets is not inside the project",
     "Files are named relative to the project folder, without `..`."},
    {HARBOR_E_INPUT, "secrets.unknown_format", "the format of a file with secrets is unknown",
     "The name decides the format: `.env` is a list of `NAME=value`, `.yaml` and `.yml` are YAML, "
     "`.json` is JSON. For any other name, give the source a `format:`."},
    {HARBOR_E_DENIED, "secrets.plaintext", "a file that should be encrypted is not",
     "There is no trace of sops in the file: it is plain text that somebody meant to encrypt. "
     "Harbor does not use it, since it may have been committed like this. Encrypt it with `sops "
     "encrypt --in-place FILE`, and replace every value that others could already read."},
    {HARBOR_E_DENIED, "secrets.no_key", "there is no age key to decrypt with",
     "Harbor uses exactly one identity, the first of: the variable AGE_PRIVATE_KEY, the variable "
     "SOPS_AGE_KEY, the file that SOPS_AGE_KEY_FILE names, and ~/.config/sops/age/keys.txt. Make "
     "one with `age-keygen` and ask somebody who can decrypt the file to add its public half."},
    {HARBOR_E_DENIED, "secrets.bad_key", "an age key cannot be read",
     "The variable or file holds no line that starts with `AGE-SECRET-KEY-1`, or holds such a line "
     "that is damaged. Copy the key again, whole, in capitals."},
    {HARBOR_E_DENIED, "secrets.key_mode", "others may read the file with your age key",
     "A private key is only yours as long as nobody else can read it. Run `chmod 600 FILE`; if "
     "other people have accounts on this machine, also make a new key and rotate."},
    {HARBOR_E_DENIED, "secrets.wrong_key", "your age key does not open this file",
     "The file was encrypted for other people. Somebody who can open it adds your public key "
     "(`age-keygen -y`) to `.sops.yaml` and runs `sops updatekeys FILE`. The message says which of "
     "your keys was tried."},
    {HARBOR_E_INPUT, "secrets.integrity", "an encrypted file was changed by hand",
     "The file's seal (its MAC) does not match its content, so values may have been removed, "
     "swapped or altered: by an edit without sops, or by a merge in git. Go back to the last good "
     "version and repeat the change with `sops edit FILE`. Harbor never ignores the seal."},
    {HARBOR_E_UNAVAILABLE, "secrets.no_sops", "sops is not installed",
     "Files of type `sops` are decrypted by the program `sops`, which is not on PATH. Install it: "
     "`go install github.com/getsops/sops/v3/cmd/sops@v3.9.4`, or use a package of your system."},
    {HARBOR_E_FAILED, "secrets.decrypt_failed", "sops could not decrypt a file",
     "sops ended with an unusual status. Harbor does not repeat its output, since that may quote a "
     "secret; run `sops decrypt FILE` yourself to see it."},
    {HARBOR_E_INPUT, "secrets.not_flat", "a file with secrets is not a list of names and values",
     "A variable has one name and one value, so lists and mappings cannot become variables: write "
     "each value at the top level under its own name."},
    {HARBOR_E_INPUT, "secrets.bad_name", "a name in a file with secrets cannot be a variable",
     "Names of variables consist of letters, digits and `_`, and do not start with a digit."},
    {HARBOR_E_DENIED, "secrets.key_in_project", "there is an age private key in the project",
     "Anyone who can read the project can open its secrets. Remove the key from the project and "
     "from "
     "its history, make a new one, and rotate: everybody who has a copy still knows the old key."},
    {HARBOR_E_DENIED, "secrets.readable_key", "others may read a key file in the project",
     "Run `chmod 600 FILE`. A key does not belong in a project in any case."},
    {HARBOR_E_DENIED, "secrets.found", "a secret ends up where it should not",
     "`harbor secrets audit` ran prepare with made-up values in place of the secrets and found one "
     "of them, or one of its encodings, outside var/run, in a file there that others may read, in "
     "the output, or on a command line. The real value goes there as well: find the template or "
     "the step that puts it there, and replace the secret if others could read it."},
    {HARBOR_E_FAILED, "secrets.trial_failed", "prepare could not be tried with made-up secrets",
     "`harbor secrets audit` copies the project, writes made-up values in place of its secrets and "
     "runs prepare there. The message says which of these failed. A step that checks a secret, a "
     "license key for instance, refuses a made-up one."},
};

}  // namespace harbor::secrets_sops
