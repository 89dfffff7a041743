#!/usr/bin/env bash
# The whole story on one machine: a real Ethereum devnet, the agent, and the faults it is there for.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib/progress.sh
. "$here/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=lib/packages.sh
. "$here/lib/packages.sh"

usage() {
  cat <<'TEXT'
usage: firmware-scripts/demo.sh [--baseline] [--fault NAME]... [--keep]

Builds the agent, starts three real Ethereum stacks (beacon node and execution client) with 32 validators,
puts 8 of the validators behind the agent, breaks their primary stack in four ways for 42 seconds each, and
counts from the blocks what the 8 validators missed. Takes about 8 minutes; everything listens on loopback only.

  --baseline     afterwards the same faults without the agent (Lodestar's own fail-over), side by side
  --fault NAME   only this one: el-kill, el-stop, bn-kill, bn-stop, or another of tests/devnet/README.md
  --keep         go on running at the end, until Ctrl-C, and say how to look around
  --help         this text

It installs from the distribution what is missing (nodejs, npm, a C++ compiler, mosquitto) and keeps the
Ethereum clients in ~/.cache/dvstakers-edge. Ctrl-C ends it at any time and leaves nothing running.
TEXT
}

options=()
while [ $# -gt 0 ]; do
  case $1 in
    --baseline | --keep) options+=("$1") ;;
    --fault)
      [ $# -ge 2 ] || fail "--fault needs a name"
      options+=("$1" "$2")
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "unknown option $1"
      ;;
  esac
  shift
done

command -v dotnet >/dev/null || fail "the .NET SDK is needed to build the agent: https://dotnet.microsoft.com/download"
need_commands mosquitto=mosquitto mosquitto_sub=mosquitto-clients
clients=$("$here/../tests/devnet/install.sh")

log=$(mktemp)
with_progress "building the native agent" "$log" "$here/build.sh"
agent=$(tail -n 1 "$log")
rm -f "$log"
[ -x "$agent" ] || fail "build.sh named no program as its last line, but: $agent"

say '
Three Ethereum stacks run on this machine from here on, each a beacon node (BN) on an execution client (EL):
  BN0 + EL0   with validators 0 to 23: keeps the chain alive. Nobody touches it, and the blocks are read here.
  BN1 + EL1   "primary" of a staking box.
  BN2 + EL2   "secondary" of the same box.
Validators 24 to 31 belong to the box. Their client asks the agent, and the agent asks the better of BN1 and BN2.
Each of them has to attest once in 32 seconds. A vote counts in full only if it is for the newest block.
'
exec node "$here/../tests/devnet/run.mjs" --install "$clients" --agent "$agent" "${options[@]}"
