// What `harbor explain` says about the failures of this pack.
#pragma once

#include <harbor/action.hpp>

namespace harbor::secrets_sops {

inline constexpr std::initializer_list<Failure> failure_table = {
    {HARBOR_E_NOT_FOUND, "secrets.missing_file", "a file with secrets does not exist",
     "A source of type `sops` names a file that is not there. Create it with `sops encrypt`, "
     "correct "
     "the path, which starts at the project folder, or mark the source `optional: true`."},
    {HARBOR_E_IO, "secrets.unreadable_file", "a file with secrets cannot be read",
     "It is there, but it is not a plain file, it is larger than 1 MiB, or you may not read it. "
     "The "
     "message says which."},
    {HARBOR_E_INPUT, "secrets.bad_path", "a file with secrets is not inside of the project",
     "Files are named relative to the project folder, without `..`."},
    {HARBOR_E_INPUT, "secrets.unknown_format", "the format of a file with secrets is unknown",
     "The name says how a file is to be read: `.env` is a list of `NAME=value`, `.yaml` and `.yml` "
     "are "
     "YAML, `.json` is JSON. For any other name, give the source a `format:`."},
    {HARBOR_E_DENIED, "secrets.plaintext", "a file that should be encrypted is not",
     "sops left no trace in the file: it is a plain text that somebody meant to encrypt. Harbor "
     "does "
     "not use it, since it may have been committed like this. Encrypt it with `sops encrypt "
     "--in-place FILE`, and replace every value that others could already read."},
    {HARBOR_E_DENIED, "secrets.no_key", "there is no age key to decrypt with",
     "Harbor takes exactly one identity, the first of: the variable AGE_PRIVATE_KEY, the variable "
     "SOPS_AGE_KEY, the file that SOPS_AGE_KEY_FILE names, and ~/.config/sops/age/keys.txt. Make "
     "one "
     "with `age-keygen` and ask somebody who can decrypt the file to add its public half."},
    {HARBOR_E_DENIED, "secrets.bad_key", "an age key cannot be read",
     "The variable or file holds no line that starts with `AGE-SECRET-KEY-1`, or holds such a line "
     "that is damaged. Copy the key again, whole, in capitals."},
    {HARBOR_E_DENIED, "secrets.key_mode", "others may read the file with your age key",
     "A private key is only yours while nobody else can read it. `chmod 600 FILE` closes it; when "
     "other people have accounts on this machine, make a new key as well and rotate."},
    {HARBOR_E_DENIED, "secrets.wrong_key", "your age key does not open this file",
     "The file was encrypted for other people. Somebody who can open it adds your public key "
     "(`age-keygen "
     "-y`) to `.sops.yaml` and runs `sops updatekeys FILE`. The message says which of your keys "
     "was "
     "tried."},
    {HARBOR_E_INPUT, "secrets.integrity", "an encrypted file was changed by hand",
     "The file's seal (its MAC) does not fit its content, so values may have been removed, swapped "
     "or "
     "altered: an edit without sops, or a merge by git. Take the last good version and make the "
     "change "
     "again with `sops edit FILE`. Harbor never ignores the seal."},
    {HARBOR_E_UNAVAILABLE, "secrets.no_sops", "sops is not installed",
     "Files of type `sops` are decrypted by the program `sops`, which is not on PATH. Install it: "
     "`go "
     "install github.com/getsops/sops/v3/cmd/sops@v3.9.4`, or a package of your system."},
    {HARBOR_E_FAILED, "secrets.decrypt_failed", "sops could not decrypt a file",
     "sops ended with a status that is none of the usual ones. Harbor does not repeat what it "
     "printed, "
     "since that may quote a secret; run `sops decrypt FILE` yourself to see it."},
    {HARBOR_E_INPUT, "secrets.not_flat", "a file with secrets is not a list of names and values",
     "Variables have a name and one value. Lists and mappings inside of the file have no such "
     "form: "
     "write each value at the top level under a name of its own."},
    {HARBOR_E_INPUT, "secrets.bad_name", "a name in a file with secrets cannot be a variable",
     "Names of variables are letters, digits and `_`, and do not start with a digit."},
    {HARBOR_E_DENIED, "secrets.key_in_project", "an age private key lies in the project",
     "Whoever can read the project can open its secrets. Remove the key from the project and from "
     "its "
     "history, make a new one, and rotate: the old key stays known to everybody who has a copy."},
    {HARBOR_E_DENIED, "secrets.readable_key", "others may read a key file in the project",
     "`chmod 600 FILE` closes it. A key does not belong into a project in any case."},
    {HARBOR_E_DENIED, "secrets.found", "a secret comes to rest where it should not",
     "`harbor secrets audit` ran prepare with made-up values in place of the secrets and found one "
     "of them, or one of its encodings, outside of var/run, in a file there that others may read, "
     "in what was printed, or on a command line. The real value goes there as well: find the "
     "template or the step that does it, and replace the secret if others could read it."},
    {HARBOR_E_FAILED, "secrets.trial_failed", "prepare could not be tried with made-up secrets",
     "`harbor secrets audit` copies the project, writes made-up values in place of its secrets and "
     "runs prepare there. The message says which of these failed. A step that checks a secret, a "
     "license key for instance, refuses a made-up one."},
};

}  // namespace harbor::secrets_sops
