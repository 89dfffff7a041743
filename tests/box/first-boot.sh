#!/usr/bin/env bash
# The steps of the image's first boot that an emulated PC does not show, in a root that is a folder: the LED, host keys that a power cut left behind, and steps that fail.
# The last line is "RESULT first-boot passed=N failed=N".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=image-lib/checks.sh
. "$here/image-lib/checks.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
library=$here/../../firmware-scripts/image/root/usr/lib/dvstakers-edge
led=$work/sys/class/leds/blue:status
mkdir -p "$led" "$work"/{etc/ssh,etc/dvstakers-edge,dev,home/staker,boot/efi,sys/class/tty/console,sys/class/net/eth0/device}
echo 'none [mmc1] timer heartbeat' >"$led/trigger"
: >"$work/dev/ttyS9"
echo ttyS9 >"$work/sys/class/tty/console/active"
echo 1 >"$work/sys/class/net/eth0/type"
echo 02:00:00:12:34:56 >"$work/sys/class/net/eth0/address"

# step SCRIPT: with the library, as first-boot.sh sets it up.
step() {
  sh -uc 'root=$1 lib=$2 state=$1/var/lib/dvstakers-box plan=$1/run/dvstakers-box boot=$1/boot/efi status=$1/boot/efi/box-status.txt; . "$lib/first-boot-lib.sh"; eval "$3"' \
    sh "$work" "$library" "$1"
}

step begin
equals "while it works, the LED beats" "$(cat "$led/trigger")" heartbeat
echo 'none [mmc1] timer heartbeat' >"$led/trigger"
: >"$led/delay_on" && : >"$led/delay_off"
step 'begin; make_name; problems="box.yaml:1:1: error: x"; finish ""' >/dev/null
equals "after a box.yaml with an error it blinks" "$(cat "$led/trigger") $(cat "$led/delay_on") $(cat "$led/delay_off")" 'timer 100 100'
has "and the greeting says why" "$(cat "$work/etc/issue")" 'box.yaml:1:1: error: x'
echo 'none [mmc1] timer heartbeat' >"$led/trigger"
step 'begin; make_name; make_host_key; finish ""' >/dev/null
equals "after a good one it is as before" "$(cat "$led/trigger")" mmc1
equals "the name comes from the network card" "$(cat "$work/etc/hostname")" edge-123456
has "consoles are told" "$(cat "$work/dev/ttyS9")" '^first boot: '

key=$work/etc/ssh/ssh_host_ed25519_key
before=$(cat "$key")
step 'name=x; make_host_key' >/dev/null
equals "a host key stays" "$(cat "$key")" "$before"
# What ext4 leaves of a file whose data had not been written.
for broken in "$key" "$key.pub"; do
  : >"$broken"
  step 'name=x; make_host_key' >/dev/null
  equals "an empty ${broken##*/} is made anew, and fits" "$(ssh-keygen -y -P '' -f "$key" | cut -d ' ' -f 2)" "$(cut -d ' ' -f 2 "$key.pub")"
done
echo '-----BEGIN' >"$work/etc/ssh/new-host-key"
rm "$key"
holds "half a new one does not stand in the way" step 'name=x; make_host_key'

mkdir -p "$work/bin"
printf '#!/bin/sh\necho it has expired\nexit 1\n' >"$work/bin/dvstakers-edge" && chmod 755 "$work/bin/dvstakers-edge"
PATH=$work/bin:$PATH step "name=x; begin; echo x >$work/run/dvstakers-box/invitation; take_data_disk() { problem 'data-disk: none'; }; take_what_may_fail || finish ''" >/dev/null
has "an invitation that is refused is said" "$(cat "$work/etc/issue")" 'invitation: it has expired'
has "and the data disk is looked at all the same" "$(cat "$work/etc/issue")" 'data-disk: none'

# A disk that was not chosen is not formatted, even if nobody could be told why.
printf '#!/bin/sh\n: >"%s/formatted"\nexit 1\n' "$work" >"$work/bin/systemd-repart" && printf '#!/bin/sh\n' >"$work/bin/udevadm" && chmod 755 "$work/bin"/*
echo blank >"$work/run/dvstakers-box/data-disk"
PATH=$work/bin:$PATH step ". $library/data-disk.sh; choose_disk() { echo 'there is none'; return 1; }; problem() { false; }; take_data_disk" >/dev/null || true
refuses "no disk is formatted where none was chosen" test -e "$work/formatted"
PATH=$work/bin:$PATH step ". $library/data-disk.sh; choose_disk() { echo /dev/null; }; problem() { true; }; take_data_disk" >/dev/null || true
holds "and one that was chosen is" test -e "$work/formatted"
printf 'RESULT first-boot passed=%s failed=%s\n' "$passed_count" "$failed_count"
[ "$failed_count" -eq 0 ]
