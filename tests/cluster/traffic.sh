#!/usr/bin/env bash
# How much the boxes of a cluster say to each other, by the number of boxes. Options are those of traffic.mjs:
#   --agent PATH  --boxes 3,5,10,20,30  --settle 45  --seconds 180  --seconds-per-slot 12  --dir DIR
# Without --agent it builds the agent first.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

options=() agent='' counts=3,5,10,20,30
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case "$1" in
    --agent) agent=$(realpath "$2") ;;
    --boxes) counts=$2 ;;
    --settle | --seconds | --seconds-per-slot | --dir) options+=("$1" "$2") ;;
    *) fail "unknown option $1" ;;
  esac
  shift 2
done
if [ "$(id -u)" -ne 0 ] || ! unshare --net --mount true 2>/dev/null; then
  fail "it makes network namespaces, and for that it must run as root (sudo $0), outside of an unprivileged container"
fi
need_commands mosquitto=mosquitto mosquitto_sub=mosquitto-clients ip=iproute2 nft=nftables nsenter=util-linux setpriv=util-linux node=nodejs
ldconfig -p | grep 'libmosquitto\.so\.1' >/dev/null || install_packages libmosquitto1
[ -n "$agent" ] || agent=$("$here/../../firmware-scripts/build.sh" | tail -n 1)

for count in ${counts//,/ }; do
  say "$count boxes ..."
  unshare --net --mount --propagation private node "$here/traffic.mjs" --agent "$agent" --boxes "$count" "${options[@]}"
done
