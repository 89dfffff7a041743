#!/usr/bin/env bash
# Feeds the decoder and the peer gateway with broken and malicious input. The last line of each target is its RESULT.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=../../firmware-scripts/lib/progress.sh
. firmware-scripts/lib/progress.sh

usage() {
  cat <<'USAGE'
Usage: tests/fuzz/run.sh [--inputs N] [--seed S] [--target decoder|gateway|all] [--workers N] [--save DIR]

  --inputs N    of all targets together (default 200000); of all, one in eight is for the gateway
  --seed S      the same seed, inputs and workers give the same inputs (default 1)
  --workers N   side by side (default 2)
  --save DIR    write each input with a new outcome there; what is of use goes to tests/fuzz/corpus by hand

Every file of tests/fuzz/corpus is replayed first. An input that breaks a rule is written to artifacts/fuzz, and the exit code is 1.
USAGE
}

options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --inputs | --seed | --target | --workers | --save) options+=("$1" "${2:?$1 needs a value}") && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done

mkdir -p artifacts
if ! dotnet build tests/fuzz -c Release --disable-build-servers -m:1 >artifacts/fuzz-build.log; then
  cat artifacts/fuzz-build.log >&2
  fail "the fuzz does not build"
fi
exec dotnet tests/fuzz/bin/Release/net10.0/DVStakers.Edge.Fuzz.dll "${options[@]}"
