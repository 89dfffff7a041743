# shellcheck shell=bash
# The disks of this machine, as the kernel has them in /sys/block. Needs progress.sh.

# Another root, for tests: with sys/, proc/self/mountinfo, proc/swaps and dev/ in it.
flash_root=${FLASH_ROOT:-}

# removable_disks: their names. A card reader in the machine says that it is not removable; its cards are called mmcblk.
removable_disks() {
  local path name
  for path in "$flash_root"/sys/block/*; do
    name=${path##*/}
    if is_removable "$name"; then printf '%s\n' "$name"; fi
  done
}

is_removable() {
  local path=$flash_root/sys/block/$1
  case $1 in loop* | ram* | zram* | dm-* | md* | nbd* | sr* | fd* | mtdblock*) return 1 ;; mmcblk*boot* | mmcblk*rpmb) return 1 ;; esac
  # A reader without a card has no size.
  [ "$(cat "$path/size" 2>/dev/null || echo 0)" -gt 0 ] || return 1
  [ "$(cat "$path/removable" 2>/dev/null)" = 1 ] || [[ $(readlink -f "$path") == */usb* ]] || [ "$(cat "$path/device/type" 2>/dev/null)" = SD ]
}

disk_bytes() { echo $(($(cat "$flash_root/sys/block/$1/size") * 512)); }

# describe_disk NAME: maker, model and size.
describe_disk() {
  local path=$flash_root/sys/block/$1/device words
  words=$(cat "$path/vendor" "$path/model" "$path/name" 2>/dev/null | tr '\n' ' ' | tr -s ' ' | sed 's/^ //; s/ $//')
  printf '%s, %s GB' "${words:-no name}" "$(awk -v bytes="$(disk_bytes "$1")" 'BEGIN { printf "%.1f", bytes / 1e9 }')"
}

# devices_of NAME: the numbers (major:minor) of the disk, of its partitions, and of what is made of them (LUKS, LVM, RAID).
devices_of() {
  local path=$flash_root/sys/block/$1
  if [[ $1 == */* ]]; then path=$1; fi
  local entry
  for entry in "$path" "$path"/*/partition; do
    entry=${entry%/partition}
    [ ! -e "$entry/dev" ] || cat "$entry/dev"
    local holder
    for holder in "$entry"/holders/*; do
      [ ! -e "$holder" ] || devices_of "$(readlink -f "$holder")"
    done
  done
}

# mounts_of NAME: where anything of the disk is mounted, one a line; "swap" for swap.
mounts_of() {
  local devices
  devices=$(devices_of "$1")
  awk -v devices="$devices" 'BEGIN { n = split(devices, d, "\n"); for (i = 1; i <= n; i++) has[d[i]] } $3 in has { print $5 }' "$flash_root/proc/self/mountinfo"
  if awk 'NR > 1 { print $1 }' "$flash_root/proc/swaps" 2>/dev/null | grep -qE "^/dev/$1p?[0-9]*$"; then echo swap; fi
}

# refusal NAME BYTES: why the disk must not be written to, with what to do; nothing where it may.
refusal() {
  local mounts
  if [ ! -e "$flash_root/sys/block/$1" ]; then
    if compgen -G "$flash_root/sys/block/*/$1" >/dev/null; then
      echo "that is a partition; name its whole disk"
    else
      echo "there is no such disk here"
    fi
    return
  fi
  mounts=$(mounts_of "$1")
  if grep -qxE '/|/boot|/boot/efi|/efi|/usr|/var|/home|swap' <<<"$mounts"; then
    echo "this machine itself runs from it; it is never written to"
  elif ! is_removable "$1"; then
    echo "it is not removable, so it is most likely a disk of this machine; put the box's disk into a USB adapter"
  elif [ -n "$mounts" ]; then
    echo "it is mounted at ${mounts//$'\n'/, }; unmount that first"
  elif [ "$(cat "$flash_root/sys/block/$1/ro" 2>/dev/null)" = 1 ]; then
    echo "it is write-protected; is there a switch on the card?"
  elif [ "$(disk_bytes "$1")" -lt "$2" ]; then
    echo "it has $(($(disk_bytes "$1") / 1000000)) MB, and the image needs $(($2 / 1000000)) MB"
  elif compgen -G "$flash_root/sys/block/$1/holders/*" >/dev/null || compgen -G "$flash_root/sys/block/$1/$1*/holders/*" >/dev/null; then
    echo "something has it open (LUKS, LVM or RAID); close that first"
  fi
}

list_disks() {
  local name why found=no
  while IFS= read -r name; do
    found=yes
    why=$(refusal "$name" 0)
    printf '/dev/%-10s %s%s\n' "$name" "$(describe_disk "$name")" "${why:+ - cannot be used: $why}"
  done < <(removable_disks)
  if [ "$found" = no ]; then say "There is no removable disk here. Put one in."; fi
}
