#!/usr/bin/env bash
# A box's life in QEMU, each part in a guest of its own. The last line is "RESULT box passed=N failed=N ...".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
export PATH=$PATH:/usr/sbin:/sbin
guest=$PWD/tests/guest
for part in firmware-scripts/lib/{progress,packages,build-native}.sh "$guest"/{kernel,root,boot,results}.sh "$here"/lib/*.sh; do
  # shellcheck source-path=SCRIPTDIR source=/dev/null
  . "$part"
done

# arm64 is for whoever asks: its image is made under emulation, for half an hour.
parts=(package update restarts hardship image) asked_parts=(arm64)

usage() {
  cat <<TEXT
Usage: tests/box/run.sh [--agent PATH] [--only PART,...] [--suite NAME,...] [--container] [--power-cuts N] [--restarts N] [--logs DIR] [--seconds N]

  --agent PATH      the native binary (default: firmware-scripts/build.sh makes it)
  --only PARTS      these of: ${parts[*]} (default: all of them), ${asked_parts[*]}
  --suite NAMES     the Debian releases for the part package, by code name (default: bookworm,trixie); with --container also noble, Ubuntu's
  --container       the part package on this machine's kernel and not on Debian's: minutes less, and no machine (container)
  --power-cuts N    how often the power is cut, each time a boot of its own: in the part update (default: 20), in the part image, at its first boot (default: never)
  --restarts N      how often the part restarts starts the agent anew (default: 1000)
  --logs DIR        console, results and journal of each guest (default: artifacts/box/logs)
  --seconds N       a guest may run for so long (default: 3000)

Kernels and the guests' Debians are kept in ~/.cache/dvstakers-edge/lab; nothing that is tested is.
TEXT
}

# shellcheck disable=SC2034  # For lib/.
agent='' only='' suites=bookworm,trixie logs=$PWD/artifacts/box/logs limit=3000 power_cuts='' restarts=1000 in_container=no
# shellcheck disable=SC2034
while [ $# -gt 0 ]; do
  case $1 in
    --agent) agent=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --only) only=${2:?--only needs names} && shift 2 ;;
    --suite) suites=${2:?--suite needs names} && shift 2 ;;
    --container) in_container=yes && shift ;;
    --power-cuts) power_cuts=${2:?--power-cuts needs a number} && shift 2 ;;
    --restarts) restarts=${2:?--restarts needs a number} && shift 2 ;;
    --logs) logs=$(realpath -m "${2:?--logs needs a folder}") && shift 2 ;;
    --seconds) limit=${2:?--seconds needs a number} && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
IFS=, read -ra chosen <<<"${only:-$(IFS=, && echo "${parts[*]}")}"
for part in "${chosen[@]}"; do [[ " ${parts[*]} ${asked_parts[*]} " == *" $part "* ]] || fail "there is no part $part, only: ${parts[*]} ${asked_parts[*]}"; done

[ "$(id -u)" -eq 0 ] || fail "the guests' Debians are installed into folders, and for that it must run as root (sudo $0)"
[ "$(uname -m)" = x86_64 ] || fail "the guests are x86-64 machines; this one is $(uname -m)"
need_commands cpio=cpio busybox=busybox-static qemu-system-x86_64=qemu-system-x86 modprobe=kmod
need_package_lists

began=$SECONDS
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/lab
work=$PWD/artifacts/box
# shellcheck disable=SC2034  # For lib/: of the packages that are made of these sources.
version=$(sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' Directory.Build.props)
mkdir -p "$cache" "$work" "$logs"
exec 9>"$cache/.lock"
[ -n "$agent" ] || agent=$(firmware-scripts/build.sh 9>&- | tail -n 1)

passed=0 failed=0 cuts=0 recovered=0
for part in "${chosen[@]}"; do
  # Each says "RESULT NAME passed=N failed=N ..." for each of its guests. In a plain subshell, not in a condition: there "set -e" would be without effect.
  set +e
  (
    set -e
    "part_$part"
  ) >"$work/$part.results"
  code=$?
  set -e
  cat "$work/$part.results" >&2
  while IFS= read -r line; do
    [[ $line =~ ^RESULT\ .*passed=([0-9]+)\ failed=([0-9]+) ]] || continue
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    if [[ $line =~ power_cuts=([0-9]+)\ recovered=([0-9]+) ]]; then cuts=$((cuts + BASH_REMATCH[1])) recovered=$((recovered + BASH_REMATCH[2])); fi
  done <"$work/$part.results"
  if [ "$code" -ne 0 ]; then
    say "  FAIL the part $part ended early (exit code $code)"
    failed=$((failed + 1))
  fi
done
printf 'RESULT box passed=%s failed=%s power_cuts=%s recovered=%s seconds=%s\n' "$passed" "$failed" "$cuts" "$recovered" $((SECONDS - began))
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
