#!/usr/bin/env bash
# Runs the fault matrix and writes docs/fault-matrix.md. The last line of standard output is the RESULT.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=../../firmware-scripts/lib/progress.sh
. firmware-scripts/lib/progress.sh

usage() {
  cat <<'USAGE'
Usage: tests/faults/run.sh [--agent PATH] [--fault NAME] [--place NAME] [--profile NAME] [--check] [--logs DIR]

  --agent PATH     the native binary (default: built by firmware-scripts/build.sh)
  --fault NAME     this one only, or several with commas between them; so --place and --profile
  --check          compare docs/fault-matrix.md with the outcome instead of writing it
  --logs DIR       the agent's log of each scenario that has a wrong cell

Only a run of everything writes or compares docs/fault-matrix.md. Five minutes on two processors.
The exit code is not 0 where a cell is wrong.
USAGE
}

agent=''
options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --agent) agent=${2:?--agent needs a value} && shift 2 ;;
    --fault | --place | --profile) options+=("$1" "${2:?$1 needs a value}") && shift 2 ;;
    --logs) options+=("$1" "$(realpath -m "${2:?--logs needs a value}")") && shift 2 ;;
    --check) options+=("$1") && shift ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
[ -n "$agent" ] || agent=$(firmware-scripts/build.sh)
[ -x "$agent" ] || fail "there is no agent at $agent"

mkdir -p artifacts
if ! dotnet build tests/faults -c Release --disable-build-servers -m:1 >artifacts/faults-build.log; then
  cat artifacts/faults-build.log >&2
  fail "the fault matrix does not build"
fi
exec dotnet tests/faults/bin/Release/net10.0/DVStakers.Edge.Faults.dll --agent "$(realpath "$agent")" --document docs/fault-matrix.md "${options[@]}"
