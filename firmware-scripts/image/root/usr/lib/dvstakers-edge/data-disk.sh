# shellcheck shell=sh disable=SC2154
# A disk for the clients' data. Only one that is blank, and only where box.yaml asks for it. Needs first-boot-lib.sh.
# systemd-repart makes the file system first and writes the table of partitions last: cut off in between, the disk is as blank as before.

data_at=/srv/data

take_data_disk() {
  [ -s "$plan/data-disk" ] || return 0
  wanted=$(cat "$plan/data-disk")
  udevadm settle --timeout=20 || true
  if [ ! -e /dev/disk/by-partlabel/dvstakers-data ]; then
    disk=$(choose_disk "$wanted") || { problem "data-disk: $disk"; return; }
    say "making a file system on $disk, which is blank; this takes a while"
    if ! systemd-repart --dry-run=no --empty=require --definitions="$lib/data-disk.d" "$disk" >"$plan/repart" 2>&1; then
      problem "data-disk: no file system could be made on $disk: $(tail -n 2 "$plan/repart")"
      return
    fi
    udevadm settle --timeout=20 || true
  fi
  put /etc/systemd/system/srv-data.mount 644 "[Unit]
Description=The clients' data disk

[Mount]
What=/dev/disk/by-partlabel/dvstakers-data
Where=$data_at
Type=ext4
Options=noatime,nofail

[Install]
WantedBy=local-fs.target"
  systemctl --no-reload enable -q srv-data.mount && systemctl daemon-reload && systemctl start --no-block srv-data.mount
  say "the data disk is mounted at $data_at"
}

# choose_disk WANTED: prints its device, or why there is none.
choose_disk() {
  system=$(lsblk -nrso NAME,TYPE "$(findmnt -no SOURCE /)" | awk '$2 == "disk" { print $1 }')
  if [ "$1" != blank ]; then
    disk=$(readlink -e "/dev/disk/by-id/$1") || { echo "there is no /dev/disk/by-id/$1; there are: $(find /dev/disk/by-id -type l -printf '%f ' 2>/dev/null)" && return 1; }
    [ "$(lsblk -dnro TYPE "$disk")" = disk ] || { echo "$1 is no whole disk" && return 1; }
    [ "${disk##*/}" != "$system" ] || { echo "$1 is the disk that this box runs from" && return 1; }
    why=$(not_blank "$disk") && { echo "$1 is not blank ($why), and only a blank disk is formatted. If nothing on it is needed: sudo blkdiscard -f $disk, or sudo wipefs -a and overwriting it with zeros" && return 1; }
    echo "$disk"
    return
  fi
  found='' seen=''
  for entry in $(lsblk -dnrbo NAME,TYPE,RO,RM,SIZE | awk '$2 == "disk" && $3 == 0 && $4 == 0 && $5 >= 1000000000 && $1 !~ /^(zram|nbd|ram|fd|mmcblk.*boot)/ { print $1 }'); do
    [ "$entry" != "$system" ] || continue
    if why=$(not_blank "/dev/$entry"); then seen="$seen $entry is not blank ($why)."; else found="$found /dev/$entry"; fi
  done
  # shellcheck disable=SC2086  # a list
  set -- $found
  case $# in
    1) echo "$1" ;;
    0) echo "there is no blank second disk.$seen Only a blank one is formatted" && return 1 ;;
    *) echo "there is more than one blank disk:$found; write which one, by its name in /dev/disk/by-id" && return 1 ;;
  esac
}

# not_blank DISK: succeeds, and says why, if anything at all is on it: a known signature, a partition, a user, or a byte that is not zero at either end or at
# 256 places between. What cannot be read counts as not blank.
not_blank() {
  found=$(wipefs -n "$1" 2>&1) || { echo "it cannot be read: $found" && return 0; }
  [ -z "$found" ] || { echo "it has: $(printf '%s\n' "$found" | awk 'NR > 1 { print $3 }' | sort -u | tr '\n' ' ')" && return 0; }
  [ "$(lsblk -nro NAME "$1" | wc -l)" -eq 1 ] || { echo "it has partitions, or is in use" && return 0; }
  size=$(blockdev --getsize64 "$1") || { echo "its size cannot be read" && return 0; }
  blocks=$((size / 65536)) step=$((size / 65536 / 256 + 1)) at=0
  other=$({
    dd if="$1" bs=1M count=1 || echo unreadable
    dd if="$1" bs=64k skip=$((blocks - 16)) || echo unreadable
    while [ "$at" -lt "$blocks" ]; do
      # It fails where nothing can be read, and where nobody listens any more, since enough was found.
      dd if="$1" bs=64k skip="$at" count=1 || { echo unreadable && break; }
      at=$((at + step))
    done
  } 2>/dev/null | tr -d '\0' 2>/dev/null | head -c 1 | wc -c)
  [ "$other" -eq 0 ] || { echo "there is something on it that has no known form" && return 0; }
  return 1
}
