#!/usr/bin/env bash
# What agent and mosquitto take of a cloud member's memory, in the root folder of docker/Dockerfile. Options are those of cloud-memory.mjs:
#   --agent PATH  --root DIR  --install DIR  --seconds 300  --clients 3  --machine-mb 2048  --agent-mb 256  --mosquitto-mb 64  --dir DIR
# Without --agent it builds the agent first; without --root it makes the folder, and removes it.
# --install "$(tests/devnet/install.sh)" puts real validator clients beside it, as many as --clients.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

options=() agent='' root=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case "$1" in
    --agent) agent=$(realpath "$2") ;;
    --root) root=$(realpath "$2") ;;
    *) options+=("$1" "$2") ;;
  esac
  shift 2
done
if [ "$(id -u)" -ne 0 ] || ! unshare --net --mount true 2>/dev/null; then
  fail "it makes namespaces and memory cgroups, and for that it must run as root (sudo $0), outside of an unprivileged container"
fi
need_commands mosquitto=mosquitto ip=iproute2 nft=nftables nsenter=util-linux setpriv=util-linux node=nodejs
ldconfig -p | grep 'libmosquitto\.so\.1' >/dev/null || install_packages libmosquitto1
[ -n "$agent" ] || agent=$("$here/../../firmware-scripts/build.sh" | tail -n 1)
if [ -z "$root" ]; then
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  "$here/cloud-root.sh" --agent "$agent" --dir "$root/root" >/dev/null
  options+=(--root "$root/root")
else
  options+=(--root "$root")
fi
unshare --net --mount --propagation private node "$here/cloud-memory.mjs" --agent "$agent" "${options[@]}"
