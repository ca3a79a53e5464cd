#!/usr/bin/env bash
# Files of the real sops: formats, two recipients and the removal of one, and every way in which decrypting fails.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/secrets.sh
. "$(dirname "$0")/secrets.sh"
need_sops

folder=$(mktemp -d "${TMPDIR:-/tmp}/harbor-sops-XXXXXX")
trap 'rm -rf "$folder"' EXIT
export HOME=$folder/home
unset XDG_CONFIG_HOME
mkdir -p "$folder/project/etc" "$HOME"
cd "$folder/project" || exit 1
for person in ada grace mallory; do new_key "$person"; done
ada=$(private_key ada) grace=$(private_key grace) mallory=$(private_key mallory)

describe() { # describe FILE...: a descriptor with these files of sops
  printf 'version: 1\nprepare:\n  env:\n    sources:\n' >etc/harbor.yaml
  printf '      - { type: sops, file: "%s" }\n' "$@" >>etc/harbor.yaml
  printf '    file: true\n' >>etc/harbor.yaml
}
refused() { # refused STATUS CODE TEXT [COMMAND...]: run prepare, or COMMAND, ends so, renders nothing and shows no secret
  local expected=$1 code=$2 text=$3 status=0
  shift 3
  [ $# -gt 0 ] || set -- "$HARBOR" run prepare
  rm -rf var
  "$@" >"$folder/out" 2>&1 || status=$?
  same "the exit status for $code" "$status" "$expected"
  contains "the message" "$(tr -s '\n ' ' ' <"$folder/out")" "$code"
  contains "the message" "$(tr -s '\n ' ' ' <"$folder/out")" "$text"
  contains "the message" "$(cat "$folder/out")" "help: "
  if grep -q -e alpha-value -e beta-value -e "AGE-SECRET-KEY-1[A-Z0-9]" "$folder/out"; then fail "$code shows a secret"; fi
  [ ! -e var/run/.env.run ] || fail "$code: something was rendered"
}

printf 'ALPHA=alpha-value\nLINES=one\\ntwo\nODD=a$b"c#d e\n' >plain.env
printf 'ALPHA: alpha-value\nNUMBER: 42\nLINES: "one\\ntwo"\n' >plain.yaml
printf '{"ALPHA": "alpha-value", "ON": true}' >plain.json
for format in env yaml json; do
  sops encrypt --age "$(public_key ada),$(public_key grace)" --output "both.sops.$format" "plain.$format" || fail "sops encrypt"
done
rm plain.*

# Both members, all formats.
for format in env yaml json; do
  describe "both.sops.$format"
  for key in "$ada" "$grace"; do
    AGE_PRIVATE_KEY=$key "$HARBOR" run prepare --quiet || fail "a member cannot read both.sops.$format"
    grep -q "^ALPHA='alpha-value'$" var/run/.env.run || fail "both.sops.$format lost a value: $(cat var/run/.env.run; ls -la var var/run)"
    same "the mode of .env.run" "$(stat -c %a var/run/.env.run)" 600
  done
done
describe both.sops.env
SOPS_AGE_KEY=$ada "$HARBOR" run prepare --quiet || fail "SOPS_AGE_KEY does not serve"
grep -qF "ODD='a\$b\"c#d e'" var/run/.env.run || fail "a value was taken for a reference or a comment: $(cat var/run/.env.run)"
same "lines of a value" "$(grep -A1 '^LINES=' var/run/.env.run | tr '\n' '|')" "LINES='one|two'|"
SOPS_AGE_KEY_FILE=$folder/grace.key "$HARBOR" run prepare --quiet || fail "SOPS_AGE_KEY_FILE does not serve"
mkdir -p "$HOME/.config/sops/age" && cp "$folder/ada.key" "$HOME/.config/sops/age/keys.txt"
"$HARBOR" run prepare --quiet || fail "keys.txt does not serve"
AGE_PRIVATE_KEY=$mallory refused 77 secrets.wrong_key "the key in AGE_PRIVATE_KEY does not open both.sops.env"
rm -r "$HOME/.config"

# A glob: the later name counts, and why tells both.
printf 'ALPHA=beta-value\n' >z.sops.env && sops encrypt --in-place --age "$(public_key ada)" z.sops.env
describe '*.sops.env'
export AGE_PRIVATE_KEY=$ada
same "why" "$("$HARBOR" why ALPHA | tr -s ' ' | tail -n +2)" " - both.sops.env:1 sops ******
 = z.sops.env:1 sops ******"
contains "env" "$("$HARBOR" env | tr -s ' ')" "ALPHA ****** sops z.sops.env:1"
rm z.sops.env

# Everything that goes wrong.
describe both.sops.env
unset AGE_PRIVATE_KEY
refused 77 secrets.no_key "there is no age key to decrypt with"
AGE_PRIVATE_KEY=rubbish refused 77 secrets.bad_key "AGE_PRIVATE_KEY holds something that is not an age key"
SOPS_AGE_KEY_FILE=/nonexistent refused 77 secrets.no_key "SOPS_AGE_KEY_FILE names /nonexistent"
chmod 640 "$folder/ada.key"
SOPS_AGE_KEY_FILE=$folder/ada.key refused 77 secrets.key_mode "its mode is 0640"
chmod 600 "$folder/ada.key"
export AGE_PRIVATE_KEY=$ada
mkdir "$folder/without" && ln -s "$(command -v docker || echo /bin/true)" "$folder/without/docker"
refused 69 secrets.no_sops "sops is not installed" env PATH="$folder/without" "$HARBOR" run prepare

cp both.sops.env whole
sed -i '/^ALPHA=/d' both.sops.env && refused 65 secrets.integrity "both.sops.env was changed after sops encrypted it"
cp whole both.sops.env
sed -i 's/^ALPHA=ENC\[AES256_GCM,data:./&A/' both.sops.env && refused 65 secrets.integrity "was changed"
cp whole both.sops.env
sed -i 's/^sops_mac=ENC\[AES256_GCM,data:..../&AAAA/' both.sops.env && refused 65 secrets.integrity "was changed"
printf 'ALPHA=alpha-value\n' >both.sops.env
refused 77 secrets.plaintext "both.sops.env is not encrypted"
refused 77 secrets.plaintext "both.sops.env is not encrypted" "$HARBOR" secrets lint
rm both.sops.env
refused 66 secrets.missing_file "the encrypted file both.sops.env does not exist"
describe ../x.sops.env
refused 65 env.bad_path "'../x.sops.env' is not a path inside the project"
mv whole both.sops.txt && describe both.sops.txt
refused 65 secrets.unknown_format "does not tell the file's format"
printf 'DEEP:\n  ALPHA: alpha-value\n' >deep.sops.yaml && sops encrypt --in-place --age "$(public_key ada)" deep.sops.yaml
describe deep.sops.yaml
refused 65 secrets.not_flat "DEEP in deep.sops.yaml holds more than one value"
rm deep.sops.yaml both.sops.txt

# Grace leaves: her key opens the old version, and not the new one.
mv both.sops.yaml team.sops.yaml && describe team.sops.yaml
printf 'creation_rules:\n  - path_regex: .*\n    age: %s\n' "$(public_key ada)" >.sops.yaml
AGE_PRIVATE_KEY=$grace "$HARBOR" run prepare --quiet || fail "grace cannot read the old version"
SOPS_AGE_KEY=$ada sops updatekeys --yes team.sops.yaml 2>/dev/null || fail "sops updatekeys"
SOPS_AGE_KEY=$ada sops rotate --in-place team.sops.yaml || fail "sops rotate"
AGE_PRIVATE_KEY=$grace refused 77 secrets.wrong_key "does not open team.sops.yaml"
"$HARBOR" run prepare --quiet || fail "ada cannot read the new version"

# A key in the project.
cp "$folder/ada.key" forgotten.txt
refused 77 secrets.key_in_project "there is an age private key in forgotten.txt, line 3" "$HARBOR" secrets lint
rm forgotten.txt
"$HARBOR" secrets lint >/dev/null || fail "lint finds something in a clean project"
