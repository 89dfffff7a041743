#!/bin/sh
# Runs at every boot, before the network: makes what an image must not bring along (host key, name), and does what box.yaml on the boot partition asks,
# once for each text of it. The power may fail at any moment: each step is whole or not there, may be done again, and the mark that all is done comes last.
set -u
# Another root: for tests.
root=${FIRST_BOOT_ROOT:-}
lib=${0%/*}
state=$root/var/lib/dvstakers-box
plan=$root/run/dvstakers-box
boot=$root/boot/efi
status=$boot/box-status.txt
# shellcheck source=first-boot-lib.sh
. "$lib/first-boot-lib.sh"
# shellcheck source=data-disk.sh
. "$lib/data-disk.sh"

begin
make_name
make_host_key
box=$(find_box_file)
if [ -n "$box" ]; then hash=$(sha256sum <"$box" | cut -d ' ' -f 1); else hash=none; fi

if [ ! -d "$boot/EFI" ]; then
  warn "the boot partition cannot be read, and so no box.yaml; the box runs as it did before"
  default_configuration
  outcome=''
elif [ "$hash" = none ]; then
  say "there is no box.yaml on the boot partition; the box has its defaults"
  default_configuration
  outcome="No box.yaml was found beside this file, so the box has its defaults: its own name, an address by DHCP, and nobody can log in.
Put a box.yaml here (docs/image.md), and restart the box."
elif [ "$hash" = "$(cat "$state/done" 2>/dev/null)" ]; then
  # Nothing is new.
  outcome=''
elif take_box_file "$box"; then
  put "$state/done" 600 "$hash"
  outcome="${box##*/} was taken.$remarks"
  say "${box##*/} was taken"
else
  default_configuration
  outcome="${box##*/} was not taken, because of this:
$problems

Mend it on a PC, and restart the box. $reach"
  say "${box##*/} was not taken; the box runs with its defaults"
fi
finish "$outcome"
