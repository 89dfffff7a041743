#!/usr/bin/env bash
# Signs packages, so that boxes which trust the key take them (docs/updates.md).
set -euo pipefail
# shellcheck source=lib/progress.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/progress.sh"
# shellcheck source=lib/packages.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/packages.sh"

usage() {
  cat <<'TEXT'
Usage: firmware-scripts/sign.sh --key KEY FILE...

  --key KEY   the private key, ECDSA over P-256, PEM; openssl asks for its passphrase where it has one

Writes FILE.sig beside each FILE, and checks it. How such a key is made and kept: docs/updates.md
TEXT
}

key='' files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --key) key=${2:?--key needs a path} && shift 2 ;;
    --help | -h) usage && exit ;;
    -*) usage >&2 && fail "unknown argument: $1" ;;
    *) files+=("$1") && shift ;;
  esac
done
if [ -z "$key" ] || [ "${#files[@]}" -eq 0 ]; then usage >&2 && fail "--key and at least one FILE are needed"; fi
[ -r "$key" ] || fail "$key cannot be read"
need_commands openssl=openssl

public=$(mktemp)
trap 'rm -f "$public"' EXIT
openssl pkey -in "$key" -pubout -out "$public"
openssl pkey -pubin -in "$public" -noout -text | grep -q 'ASN1 OID: prime256v1' ||
  fail "$key is of another kind; boxes take ECDSA over P-256 only: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
for file in "${files[@]}"; do
  [ -s "$file" ] || fail "there is no package $file"
  openssl dgst -sha256 -sign "$key" -out "$file.sig.part" "$file"
  openssl dgst -sha256 -verify "$public" -signature "$file.sig.part" "$file" >/dev/null || fail "$file.sig.part does not fit the key that made it"
  mv "$file.sig.part" "$file.sig"
  say "$file.sig"
done
