#!/usr/bin/env bash
# A real kernel with simulated hardware under software emulation, systemd, and the native agent as its service.
# The last line is "RESULT hardware-lab passed=N failed=N seconds=N".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
export PATH=$PATH:/usr/sbin:/sbin
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/build-native.sh
. firmware-scripts/lib/build-native.sh
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/package-tree.sh
. firmware-scripts/lib/package-tree.sh
guest=$PWD/tests/guest
for part in "$guest"/{kernel,root,boot,results}.sh "$here"/lib/{probe,payload,boots,guests}.sh; do
  # shellcheck source-path=SCRIPTDIR source=/dev/null
  . "$part"
done

usage() {
  cat <<'TEXT'
Usage: tests/hardware-lab/run.sh [--agent PATH] [--only SCENARIO,...] [--logs DIR] [--seconds N]

  --agent PATH      the native binary (default: firmware-scripts/build.sh makes it)
  --only NAMES      these of scenarios/*.sh, without number and ending; "outage" is boots/*.sh
  --logs DIR        a folder for each guest with its console, results and journal; emptied first (default: artifacts/lab/logs)
  --seconds N       a guest may run for so long (default: 1800)
  --at-once N       so many guests (default: two for each processor, since each waits half of its time)

Kernel, simulators and the guest's Debian are kept in ~/.cache/dvstakers-edge/lab; nothing that is tested is.
TEXT
}

# shellcheck disable=SC2034
agent='' only='' logs=$PWD/artifacts/lab/logs limit=1800 at_once=$((2 * $(nproc)))
# shellcheck disable=SC2034  # For lib/guests.sh.
while [ $# -gt 0 ]; do
  case $1 in
    --agent) agent=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --only) only=${2:?--only needs names} && shift 2 ;;
    --logs) logs=$(realpath -m "${2:?--logs needs a folder}") && shift 2 ;;
    --seconds) limit=${2:?--seconds needs a number} && shift 2 ;;
    --at-once) at_once=${2:?--at-once needs a number} && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done

[ "$(id -u)" -eq 0 ] || fail "the lab installs a Debian into a folder, and for that it must run as root (sudo $0)"
[ "$(uname -m)" = x86_64 ] || fail "the lab is made for x86-64 machines; this one is $(uname -m)"
need_commands cpio=cpio busybox=busybox-static qemu-system-x86_64=qemu-system-x86 modprobe=kmod
need_package_lists
release=$(kernel_release)
[ -n "$release" ] || fail "apt knows no linux-image-amd64: the lab takes Debian's kernel (is this Debian, and was apt-get update run?)"

# shellcheck disable=SC2034  # For root.sh.
guest_packages=(systemd systemd-sysv udev dbus kmod libgcc-s1 libssl3 libmosquitto1 mosquitto mosquitto-clients i2c-tools gpiod polkitd procps iproute2 jq
  nut-server nut-client)
began=$SECONDS
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/lab
kernel=$cache/kernel-$release-$(kernel_key)
root=$cache/root-$(root_key)
work=$PWD/artifacts/lab
mkdir -p "$cache" "$work" "$logs"
exec 9>"$cache/.lock"
flock -n 9 || { say "another run prepares the caches, waiting for it"; flock 9; }
need_kernel "$kernel" "$release" 9>&-
need_root "$root" 9>&-
flock -u 9

[ -n "$agent" ] || agent=$(firmware-scripts/build.sh | tail -n 1)
need_build_tools linux-x64
build_probe "$work/probe"
stage_payload "$work/payload" "$agent" "$work/probe/publish/hardware-probe"
make_initrd "$kernel" "$release" "$work/payload" "$work/initrd"

rm -rf "${logs:?}"/*
with_progress "the guests" "$logs/guests.log" guests || true
report hardware-lab "$logs" 0 $((SECONDS - began))
