#!/usr/bin/env bash
# The image, booted through EFI firmware from its disk in an emulated machine, and what an operator does to it.
# The last line is "RESULT box-image passed=N failed=N power_cuts=N recovered=N seconds=N".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
export PATH=$PATH:/usr/sbin:/sbin
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/image-builder.sh
. firmware-scripts/lib/image-builder.sh
# shellcheck source-path=SCRIPTDIR source=image-lib/checks.sh
. "$here/image-lib/checks.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/machine.sh
. "$here/image-lib/machine.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/image-scenarios.sh
. "$here/image-lib/image-scenarios.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/member.sh
. "$here/image-lib/member.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/new-kernel.sh
. "$here/image-lib/new-kernel.sh"

usage() {
  cat <<'TEXT'
Usage: tests/box/image.sh [--image FILE] [--board BOARD] [--only SCENARIO,...] [--power-cuts N] [--logs DIR]

  --image FILE     the image (default: firmware-scripts/build-image.sh makes it)
  --board BOARD    whose it is: pc-x64 (default), or rock-5b, for which QEMU's own arm64 board stands in, and --only is serves by default
  --only NAMES     of: serves, told, untold, mistold, member, new-kernel, power-cuts, arm64. Default: all but serves, arm64, and power-cuts where no N is given
                     serves      with a good box.yaml, up to the first topic and the first request: what told begins with, in one boot
                     told        with a good box.yaml, a blank disk and one that is not; then flash.sh in it, on an emulated USB disk
                     untold      with no box.yaml
                     mistold     with a broken one, then mended
                     member      with an invitation and a fixed address; then a new board takes its place, out of a backup
                     new-kernel  another of Debian's kernels installed, started, and the image's own removed
                     power-cuts  the machine is killed at N random moments of a first boot
                     arm64       the rock-5b image without the agent; made too if --image is not given
  --power-cuts N   how many (default with --only power-cuts: 3)
  --logs DIR       consoles and journals (default: artifacts/box/image)
TEXT
}

image='' board=pc-x64 only='' cuts='' logs=$PWD/artifacts/box/image arguments=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    --image) image=$(realpath "${2:?--image needs a file}") && shift 2 ;;
    --board) board=${2:?--board needs a name} && shift 2 ;;
    --only) only=${2:?--only needs names} && shift 2 ;;
    --power-cuts) cuts=${2:?--power-cuts needs a number} && shift 2 ;;
    --logs) logs=$(realpath -m "${2:?--logs needs a folder}") && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
case $board in
  pc-x64) ;;
  rock-5b)
    only=${only:-serves}
    [[ ,$only, != *,new-kernel,* ]] || fail "the scenario new-kernel is for pc-x64"
    ;;
  *) usage >&2 && fail "no such board: $board" ;;
esac
if [ -z "$only" ]; then
  only=told,untold,mistold,member,new-kernel
  [ -z "$cuts" ] || only=$only,power-cuts
fi
cuts=${cuts:-3}

if [ -z "${BOX_NETWORK:-}" ]; then
  [ "$(id -u)" -eq 0 ] || fail "an image is made of folders that belong to root, so this must run as root (sudo $0)"
  need_commands qemu-system-x86_64=qemu-system-x86 qemu-img=qemu-utils mcopy=mtools ssh=openssh-client debugfs=e2fsprogs sfdisk=fdisk jq=jq curl=curl mosquitto_sub=mosquitto-clients
  [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ] || install_packages ovmf
  if [ "$board" = rock-5b ] || [[ ,$only, == *,arm64,* ]]; then
    need_commands qemu-system-aarch64=qemu-system-arm
    [ -e /usr/share/AAVMF/AAVMF_CODE.fd ] || install_packages qemu-efi-aarch64
  fi
  if [ -z "$image" ] && [ "$only" = arm64 ]; then
    image=$(firmware-scripts/build-image.sh --board rock-5b --without-agent | tail -n 1)
  elif [ -z "$image" ]; then
    image=$(firmware-scripts/build-image.sh --board "$board" | tail -n 1)
  fi
  if [[ ,$only, == *,new-kernel,* ]]; then
    mkdir -p artifacts
    fetch_kernel
  fi
  # In a network of its own: its ports are nobody else's.
  exec unshare --net --pid --fork --kill-child env BOX_NETWORK=yes "$0" "${arguments[@]}" --image "$image"
fi

ip link set lo up
rm -rf "$logs"
mkdir -p "$logs"
mkdir -p artifacts
work=$(mktemp -d "$PWD/artifacts/box-XXXXXX")
trap 'kill_machine; rm -rf "$work"' EXIT
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
taken_cuts=0 recovered=0
for scenario in ${only//,/ }; do
  case $scenario in
    serves | told | untold | mistold | member | new-kernel | power-cuts | arm64) ;;
    *) usage >&2 && fail "there is no scenario $scenario" ;;
  esac
  say "$scenario ..."
  if ! "scenario_${scenario//-/_}"; then failed "$scenario" "it ended early; see $logs"; fi
  kill_machine
done
printf 'RESULT box-image passed=%s failed=%s power_cuts=%s recovered=%s seconds=%s\n' "$passed_count" "$failed_count" "$taken_cuts" "$recovered" "$SECONDS"
[ "$failed_count" -eq 0 ] && [ "$passed_count" -gt 0 ]
