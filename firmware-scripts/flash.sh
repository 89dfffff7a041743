#!/usr/bin/env bash
# Writes an image to a removable disk: shows which there are, refuses what it must not touch, writes, and reads back.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/progress.sh
. "$here/lib/progress.sh"
# shellcheck source=lib/packages.sh
. "$here/lib/packages.sh"
# shellcheck source=lib/disks.sh
. "$here/lib/disks.sh"

usage() {
  cat <<'TEXT'
Usage: firmware-scripts/flash.sh [IMAGE --disk DISK [--box-yaml FILE] [--also FILE]... [--yes]]

Without arguments it lists the removable disks of this machine.

  IMAGE             what firmware-scripts/build-image.sh made
  --disk DISK       such as /dev/sdb: everything on it is lost. Only a removable one, that is not mounted and not this machine's own
  --box-yaml FILE   put on the boot partition as box.yaml: who the box is (docs/image.md)
  --also FILE       put beside it, such as an invitation
  --yes             do not ask
TEXT
}

image='' disk='' box='' yes=no also=()
while [ $# -gt 0 ]; do
  case $1 in
    --disk) disk=${2:?--disk needs a device} && shift 2 ;;
    --box-yaml) box=$(realpath "${2:?--box-yaml needs a file}") && shift 2 ;;
    --also) also+=("$(realpath "${2:?--also needs a file}")") && shift 2 ;;
    --yes) yes=yes && shift ;;
    --help | -h) usage && exit ;;
    -*) usage >&2 && fail "unknown argument: $1" ;;
    *) [ -z "$image" ] || fail "one image, please: $image or $1?"
      image=$1 && shift ;;
  esac
done

# write_image: with dd's own progress on a terminal, and until it is on the disk.
write_image() {
  local progress=none
  if [ -t 2 ]; then progress=progress; fi
  dd if="$image" of="$device" bs=4M oflag=direct conv=fsync,notrunc status="$progress"
}

# read_back: past every cache of this machine.
read_back() {
  local progress=none
  if [ -t 2 ]; then progress=progress; fi
  # Whole blocks: past the caches a disk gives nothing smaller than its sectors.
  dd if="$device" bs=4M iflag=direct count=$(((size + 4194303) / 4194304)) status="$progress" | { cmp -n "$size" - "$image" && cat >/dev/null; }
}

# boot_partition: where it begins, in bytes.
boot_partition() {
  sfdisk --json "$image" | tr -d ' \n' | grep -oE '"start":[0-9]+,"size":[0-9]+,"type":"C12A7328-F81F-11D2-BA4B-00A0C93EC93B"' | grep -oE '[0-9]+' | head -n 1 | awk '{ print $1 * 512 }'
}

put_files() {
  local start
  start=$(boot_partition)
  [ -n "$start" ] || { say "$image has no boot partition"; return 1; }
  if [ -n "$box" ]; then mcopy -o -i "$device@@$start" "$box" ::box.yaml; fi
  if [ "${#also[@]}" -gt 0 ]; then mcopy -o -i "$device@@$start" "${also[@]}" ::; fi
  sync "$device"
}

if [ -z "$image" ] || [ -z "$disk" ]; then
  list_disks
  [ -z "$image" ] || fail "which disk? --disk, with one of these"
  [ -z "$disk" ] || fail "which image? The file that firmware-scripts/build-image.sh named"
  exit
fi
[ -s "$image" ] || fail "there is no image $image"
size=$(stat -c %s "$image")
name=${disk##*/}
device=$flash_root/dev/$name
why_not=$(refusal "$name" "$size")
[ -z "$why_not" ] || { list_disks; fail "$disk: $why_not"; }
for file in "$box" "${also[@]}"; do [ -z "$file" ] || [ -s "$file" ] || fail "there is no file $file"; done
[ -w "$device" ] || fail "$disk cannot be written by user $(id -un); run this with sudo"
if [ -n "$box" ] || [ "${#also[@]}" -gt 0 ]; then need_commands mcopy=mtools sfdisk=fdisk; fi

say "$disk: $(describe_disk "$name")"
if [ "$yes" = no ]; then
  [ -t 0 ] || fail "nobody is here to say yes; with --yes it does not ask"
  read -r -p "Everything on it will be lost. To go on, write its name ($name): " answer
  [ "$answer" = "$name" ] || fail "not written; nothing was changed"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
  local label=$1
  shift
  if [ -t 2 ]; then say "$label ..." && "$@"; else with_progress "$label" "$log" "$@"; fi
}
run "writing $((size / 1000000)) MB" write_image || fail "$disk could not be written: is it worn out, or write-protected? Nothing can be said of what is on it now"
run "reading it back" read_back || fail "$disk does not hold what was written to it: the disk (or its reader) is faulty. Do not use it"
if [ -n "$box" ] || [ "${#also[@]}" -gt 0 ]; then run "adding box.yaml" put_files || fail "the files could not be put on the boot partition; mount it, and copy them by hand"; fi
say "Done. $disk holds the image$([ -z "$box" ] || echo " and box.yaml"); it can be taken out."
