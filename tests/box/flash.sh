#!/usr/bin/env bash
# flash.sh on made-up disks: what it shows, refuses, writes, and finds out by reading back. The last line is "RESULT flash passed=N failed=N".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/checks.sh
. "$here/image-lib/checks.sh"

# On a real disk: direct reads and writes are not for every file system of memory.
work=$(mktemp -d "$here/flash-XXXXXX")
trap 'rm -rf "$work"' EXIT
export FLASH_ROOT=$work/root
mkdir -p "$FLASH_ROOT"/{dev,proc/self,sys/block,sys/devices}
: >"$FLASH_ROOT/proc/self/mountinfo"

# disk NAME BYTES REMOVABLE [BUS]: one more, with the number 8:COUNT.
count=0
disk() {
  local device=$FLASH_ROOT/sys/devices/${4:-pci}/$1
  mkdir -p "$device/device" "$device/holders"
  ln -sfn "$device" "$FLASH_ROOT/sys/block/$1"
  echo $(($2 / 512)) >"$device/size"
  echo "$3" >"$device/removable"
  echo 0 >"$device/ro"
  echo "Model of $1" >"$device/device/model"
  echo "8:$count" >"$device/dev"
  count=$((count + 1))
  truncate -s "$2" "$FLASH_ROOT/dev/$1"
}

# partition DISK NAME [HOLDER]: of the disk, with the number 8:COUNT.
partition() {
  mkdir -p "$FLASH_ROOT/sys/block/$1/$2/holders"
  echo 1 >"$FLASH_ROOT/sys/block/$1/$2/partition"
  echo "8:$count" >"$FLASH_ROOT/sys/block/$1/$2/dev"
  count=$((count + 1))
}

mounted() { printf '30 1 %s / %s rw - ext4 /dev/x rw\n' "$(cat "$1/dev")" "$2" >>"$FLASH_ROOT/proc/self/mountinfo"; }

flash() { "$here/../../firmware-scripts/flash.sh" "$@" 2>&1; }

refused() { has "$1: refused" "$(flash "$work/image" --disk "/dev/$2" --yes || true)" "error: /dev/$2: $3"; }

head -c 5000704 /dev/urandom >"$work/image"
has "with no removable disk it says so" "$(flash)" 'There is no removable disk here'
disk sda 20000000 0 && partition sda sda1 && mounted "$FLASH_ROOT/sys/block/sda/sda1" /
disk sdb 16000000 1
disk sdc 16000000 1 && partition sdc sdc1 && mounted "$FLASH_ROOT/sys/block/sdc/sdc1" /media/photos
disk sdd 4096000 1
disk sde 16000000 0 usb2
disk sdf 16000000 0
disk sdg 16000000 1 && partition sdg sdg1 && disk dm-0 16000000 0 && mounted "$FLASH_ROOT/sys/block/dm-0" / && ln -s "$FLASH_ROOT/sys/block/dm-0" "$FLASH_ROOT/sys/block/sdg/sdg1/holders/dm-0"
disk sdh 16000000 1 && echo 1 >"$FLASH_ROOT/sys/block/sdh/ro"
disk sdi 0 1
disk mmcblk0 16000000 0 && echo SD >"$FLASH_ROOT/sys/block/mmcblk0/device/type"
disk mmcblk1 16000000 0 && echo MMC >"$FLASH_ROOT/sys/block/mmcblk1/device/type"
disk loop0 16000000 1

list=$(flash)
has "it lists what is removable, by name and size" "$list" '^/dev/sdb +Model of sdb, 0\.0 GB$'
has "and says what is wrong with it" "$list" '^/dev/sdc .*cannot be used: it is mounted at /media/photos'
equals "and nothing else" "$(grep -o '^/dev/[a-z0-9]*' <<<"$list" | tr '\n' ' ')" "/dev/mmcblk0 /dev/sdb /dev/sdc /dev/sdd /dev/sde /dev/sdg /dev/sdh "
refused "the machine's own disk" sda "this machine itself runs from it"
refused "a mounted one" sdc "it is mounted at /media/photos"
refused "one that is too small" sdd "it has 4 MB, and the image needs 5 MB"
refused "an internal one" sdf "it is not removable"
refused "the machine's own, under LUKS on USB" sdg "this machine itself runs from it"
refused "a write-protected one" sdh "it is write-protected"
refused "a card soldered to the board" mmcblk1 "it is not removable"
refused "a reader without a card" sdi "it is not removable"
refused "a partition" sdc1 "that is a partition; name its whole disk"
refused "none" sdz "there is no such disk here"
has "nobody says yes: not written" "$(flash "$work/image" --disk /dev/sdb </dev/null || true)" "nobody is here to say yes"
holds "and it is as it was" cmp -n 5000704 "$FLASH_ROOT/dev/sdb" /dev/zero
for name in sdb sde mmcblk0; do
  holds "it writes to $name" flash "$work/image" --disk "/dev/$name" --yes
  holds "and the image is there" cmp -n 5000704 "$work/image" "$FLASH_ROOT/dev/$name"
done
equals "what lies behind the image is as it was" "$(tail -c 10000000 "$FLASH_ROOT/dev/sdb" | tr -d '\0' | wc -c)" 0

# A disk that keeps something else than what it was given, as forged cards do.
mkdir "$work/bin"
cat >"$work/bin/dd" <<END
#!/bin/sh
$(command -v dd) "\$@" || exit
case "\$*" in *of=*) printf x | $(command -v dd) of="$FLASH_ROOT/dev/sdb" bs=1 seek=4000000 conv=notrunc status=none ;; esac
END
chmod +x "$work/bin/dd"
has "a disk that lies is found out" "$(PATH=$work/bin:$PATH flash "$work/image" --disk /dev/sdb --yes || true)" 'error: /dev/sdb does not hold what was written to it'
printf 'RESULT flash passed=%s failed=%s\n' "$passed_count" "$failed_count"
[ "$failed_count" -eq 0 ]
