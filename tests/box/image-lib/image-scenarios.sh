# shellcheck shell=bash disable=SC2034,SC2154  # What machine.sh reads, and what it sets.
# What an operator does with an image, and what comes of it. Needs machine.sh and checks.sh.

good_box_yaml() {
  cat >"$1" <<END
name: lab-1
ssh-keys:
  - $(cat "$work/key.pub")
time-zone: Africa/Nairobi
open-ports: 9000/tcp
agent:
  mqtt: {}
  stacks:
    - name: fake
      beacon-node: http://127.0.0.1:5052
      execution-client: http://127.0.0.1:8545
END
}

ready_topic() { on_box "timeout 20 mosquitto_sub -C 1 -t 'dvstakers/+/lab-1/health' | grep '\"summary\":\"Ready'"; }

# comes_up_serving BEGAN FLASHED: from the firmware to a topic that says Ready, and a validator's request that is answered.
comes_up_serving() {
  local login ready
  wait_for_login || { failed "somebody can log in" "$(tail -n 5 "$console")" && return 1; }
  login=$((SECONDS - $1))
  passed "ssh by the key of box.yaml"
  holds "a topic says that the box is ready" wait_for 300 ready_topic
  ready=$((SECONDS - $1))
  printf 'RESULT flash-to-topic flashed=%s login=%s healthy_topic=%s\n' "$2" "$login" "$ready"

  equals "the name" "$(on_box hostname)" lab-1
  equals "the agent runs, by its own word" "$(on_box 'systemctl show -P ActiveState dvstakers-edge')" active
  has "a request is served through it" "$(on_box 'curl -sf http://127.0.0.1:5070/eth/v1/node/version')" Lighthouse
  equals "it warns of nothing" "$(on_box 'journalctl -u dvstakers-edge -p warning -o cat --no-pager')" ''
  equals "nothing has failed" "$(on_box 'systemctl --failed --no-legend')" ''
  on_box 'systemd-analyze; systemd-analyze blame | head -n 30; journalctl -b -u "dvstakers-*" -o short-monotonic --no-pager' >"${console%.console}.journal"
}

scenario_serves() {
  local began=$SECONDS
  good_box_yaml "$work/box.yaml"
  new_disk serves "$work/box.yaml"
  start_machine serves
  comes_up_serving "$began" $((SECONDS - began)) || return 0
  holds "it goes off by its button" switch_off
}

scenario_told() {
  local began=$SECONDS flashed other
  good_box_yaml "$work/box.yaml" && echo 'data-disk: blank' >>"$work/box.yaml"
  new_disk told "$work/box.yaml"
  flashed=$((SECONDS - began))
  # One that is blank; one that has something of no known form in its midst; one with a file system.
  truncate -s 2G "$work/blank.disk" "$work/used.disk" "$work/ext4.disk"
  dd if=/dev/urandom of="$work/used.disk" bs=1M count=64 seek=700 conv=notrunc status=none
  mke2fs -q -t ext4 "$work/ext4.disk"
  for other in used ext4; do cp --sparse=always "$work/$other.disk" "$work/$other.before"; done
  truncate -s 4G "$work/usb.disk"
  start_machine told -drive "file=$work/blank.disk,format=raw,if=virtio" -drive "file=$work/used.disk,format=raw,if=virtio" -drive "file=$work/ext4.disk,format=raw,if=virtio" \
    -device qemu-xhci -drive "file=$work/usb.disk,format=raw,if=none,id=usb" -device usb-storage,drive=usb,removable=on
  comes_up_serving "$began" "$flashed" || return 0

  has "the time zone" "$(on_box 'readlink /etc/localtime')" 'Africa/Nairobi$'
  has "root has grown into its disk" "$(on_box 'df -B1G --output=size / | tail -n 1')" '^ *[78]$'
  has "of three disks the blank one is mounted" "$(on_box 'findmnt -no SIZE,FSTYPE /srv/data')" '1.9G ext4'
  for other in used ext4; do holds "the $other one is as it was" qemu-img compare -q -f raw -F raw "$work/$other.before" "$work/$other.disk"; done
  has "the boot partition says what happened" "$(on_box 'cat /boot/efi/box-status.txt')" 'box.yaml was taken'
  equals "none of its tools complained" "$(on_box 'journalctl -b -u dvstakers-first-boot -o cat --no-pager | grep -iE "error|fail|broken|cannot"')" ''
  has "and so does the screen" "$(on_box 'cat /etc/issue')" 'Log in: ssh staker@lab-1.local'
  has "the console said how far it was" "$(tr -d '\r' <"$console")" 'first boot: box.yaml was taken'
  has "it answers to its name in the network" "$(on_box 'resolvectl mdns; ss -uln')" ':5353'
  has "the clock is kept" "$(on_box 'systemctl is-active systemd-timesyncd')" '^active$'
  has "security updates alone come by themselves" "$(on_box 'unattended-upgrade --dry-run --debug 2>&1 | grep -i "allowed origins"; apt-config dump | grep -E "Origins-Pattern|Periodic::Unattended"')" 'label=Debian-Security'
  refuses "and no others" on_box 'apt-config dump Unattended-Upgrade::Origins-Pattern | grep -v security | grep -q codename'
  has "the journal is kept, in bounds" "$(on_box 'ls -d /var/log/journal/*; systemd-analyze cat-config systemd/journald.conf')" '^SystemMaxUse=256M'

  has "ssh takes no password" "$(ssh_as staker -o PubkeyAuthentication=no true 2>&1)" 'Permission denied \(publickey\)'
  has "ssh takes nobody as root" "$(ssh_as root true 2>&1)" 'Permission denied'
  refuses "no account has a password" on_box 'cut -d: -f2 /etc/shadow | grep -vE "^[!*]"'
  # Listeners on all addresses, on a port that is open and on one that is not.
  on_box 'systemd-run -q python3 -m http.server 9000; systemd-run -q python3 -m http.server 9001'
  holds "an open port lets in" wait_for 120 tcp_answers 9000
  holds "the other listener is there as well" on_box 'curl -sf http://127.0.0.1:9001/ >/dev/null'
  refuses "and nobody reaches it" tcp_answers 9001

  flash_on_the_box
  restart_told
}

# flash_on_the_box: flash.sh against a real kernel's word: its own disk, a virtio one, and a USB one.
flash_on_the_box() {
  tar -c firmware-scripts/flash.sh firmware-scripts/lib | ssh_as staker 'sudo tar -x -C /root'
  on_box 'head -c 30000000 /dev/urandom >/root/small.img'
  has "flash.sh lists the USB disk by name and size" "$(on_box '/root/firmware-scripts/flash.sh 2>&1')" '^/dev/sda .*QEMU.*4\.3 GB$'
  has "it refuses the disk it runs from" "$(on_box '/root/firmware-scripts/flash.sh /root/small.img --disk /dev/nvme0n1 --yes 2>&1')" 'this machine itself runs from it'
  has "it refuses a disk that is not removable" "$(on_box '/root/firmware-scripts/flash.sh /root/small.img --disk /dev/vdb --yes 2>&1')" 'it is not removable'
  holds "it writes to the USB disk" on_box '/root/firmware-scripts/flash.sh /root/small.img --disk /dev/sda --yes'
  holds "and the image is on it" on_box 'echo 3 >/proc/sys/vm/drop_caches; cmp -n 30000000 /dev/sda /root/small.img'
  on_box 'mke2fs -q -F /dev/sda && mkdir -p /mnt/usb && mount /dev/sda /mnt/usb'
  has "it refuses one that is mounted" "$(on_box '/root/firmware-scripts/flash.sh /root/small.img --disk /dev/sda --yes 2>&1')" 'it is mounted at /mnt/usb'
}

restart_told() {
  local key
  key=$(on_box 'cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id')
  holds "it goes off by its button" switch_off
  start_machine told-again
  wait_for_login || { failed "it comes up again" "$(tail -n 5 "$console")" && return; }
  equals "it is the same box" "$(on_box 'cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id')" "$key"
  equals "box.yaml was not taken again" "$(on_box 'journalctl -b -u dvstakers-first-boot -o cat | grep -c "taking box.yaml"')" 0
  has "the kernel's hooks know the boot partition" "$(on_box 'bootctl is-installed; kernel-install inspect 2>/dev/null | grep -E "Entry Directory|Layout"')" 'yes'
}

scenario_untold() {
  new_disk untold
  start_machine untold
  holds "the console says that nobody can log in" wait_for 900 console_says 'first boot: Nobody can log in: there is no ssh key'
  holds "it shows who it is, above the login" wait_for 600 console_says '^DVStakers\.Edge +edge-abcdef\.local'
  # A box that is left alone for a while, and switched off by its button.
  wait_for 600 console_says 'edge-abcdef login:' || true
  timeout 30 tail --pid="$machine" -f /dev/null || true
  holds "it goes off by its button" switch_off
  has "the boot partition says what to do" "$(box_status)" 'Put a box.yaml here'
  off_the_disk /var/log/journal "$work/untold-journal"
  has "the agent was ready" "$(journalctl --directory "$work/untold-journal/journal" -u dvstakers-edge -o cat --no-pager 2>&1)" 'Started|[Rr]eady'
  off_the_disk /home/staker "$work/untold-home"
  equals "its user has a home, and no key in it" "$(cd "$work/untold-home/staker" && find . -name .profile -o -name .ssh)" ./.profile
}

scenario_mistold() {
  good_box_yaml "$work/good.yaml"
  sed 's/^time-zone:.*/time-zome: Africa\/Nairobi/; s/9000\/tcp/9000/' "$work/good.yaml" >"$work/broken.yaml"
  new_disk mistold "$work/broken.yaml"
  start_machine mistold
  wait_for_login || { failed "who has a key can log in all the same" "$(tail -n 5 "$console")" && return; }
  passed "who has a key can log in all the same"
  has "the console names line and remedy" "$(tr -d '\r' <"$console")" "first boot: box.yaml:4:1: error: unknown key 'time-zome'; did you mean 'time-zone'\\?"
  has "so does the journal, as a warning" "$(on_box 'journalctl -u dvstakers-first-boot -p warning -o cat')" "box.yaml:5:13: error: 'open-ports' is \"9000\"; allowed is ports with their protocol"
  has "so does the boot partition" "$(on_box 'cat /boot/efi/box-status.txt')" "box.yaml:4:1: error: unknown key 'time-zome'"
  equals "it has its own name" "$(on_box hostname)" edge-abcdef
  holds "the agent runs with its defaults" wait_for 300 on_box 'systemctl -q is-active dvstakers-edge && timeout 20 mosquitto_sub -C 1 -t "dvstakers/+/+/availability"'
  holds "it goes off by its button" switch_off
  put_box_yaml "$work/good.yaml"
  start_machine mended
  wait_for_login || { failed "mended, it comes up" "$(tail -n 5 "$console")" && return; }
  equals "mended, it is taken" "$(on_box hostname)" lab-1
  has "and the boot partition says so" "$(on_box 'cat /boot/efi/box-status.txt')" 'box.yaml was taken'
  holds "the agent has its configuration" wait_for 300 ready_topic
}

# What a first boot says, from the loader's menu on, the last that is on the serial port before: between these lines the power is cut.
first_boot_words=('Reboot Into Firmware' 'first boot: ' 'first boot: taking box.yaml' 'first boot: network and firewall are set' 'first boot: making a file system'
  'first boot: the data disk is mounted' 'first boot: box.yaml was taken')

# scenario_power_cuts: the machine is killed at a random moment after each of these words in turn, and before the next. So every step has its share, however long it
# takes here and now. The disk is a fresh overlay each time, whose own tables are written out when the guest flushes it: what was not flushed may be lost, as in a
# disk with a cache.
scenario_power_cuts() {
  local n step window master blank=() lengths=()
  good_box_yaml "$work/box.yaml" && echo 'data-disk: blank' >>"$work/box.yaml"
  new_disk master "$work/box.yaml"
  master=$disk
  blank=(-drive "file=$work/blank.disk,format=raw,if=virtio")
  measure_first_boot || return 0
  for ((n = 1; n <= cuts; n++)); do
    step=$((n % (${#first_boot_words[@]} - 1)))
    begin_first_boot "cut-$n"
    first_boot_says "$step" "cut-$n" || continue
    window=$(awk -v span="${lengths[step]}" -v r="$RANDOM$RANDOM" 'BEGIN { printf "%.2f", span * (r % 100000) / 100000 }')
    timeout "$window" tail --pid="$machine" -f /dev/null || true
    kill_machine
    taken_cuts=$((taken_cuts + 1))
    start_machine "cut-$n-after" "${blank[@]}"
    if wait_for_login && whole_after_cut; then
      recovered=$((recovered + 1)) && passed "power cut $n, ${window} s after \"${first_boot_words[step]}\" ($(tr -d '\r' <"$logs/cut-$n.console" | grep -a 'first boot:' | tail -n 1 || true)): the box is whole"
    else
      failed "power cut $n, ${window} s after \"${first_boot_words[step]}\"" "see $console; $(on_box 'systemctl --failed --no-legend; journalctl -u dvstakers-first-boot -o cat | tail -n 5' 2>&1)"
    fi
    kill_machine
  done
}

# measure_first_boot: sets $lengths, how many seconds lie between each of the words and the next; one is the least.
measure_first_boot() {
  local step at=0
  begin_first_boot lengths
  for step in "${!first_boot_words[@]}"; do
    first_boot_says "$step" lengths || return 1
    if [ "$step" -gt 0 ]; then lengths[step - 1]=$((SECONDS - at > 1 ? SECONDS - at : 1)); fi
    at=$SECONDS
  done
}

# begin_first_boot NAME: a boot of the master as it was flashed.
begin_first_boot() {
  kill_machine
  fresh_overlay "$master"
  rm -f "$work/blank.disk" && truncate -s 2G "$work/blank.disk"
  start_machine "$1" "${blank[@]}"
}

# first_boot_says STEP NAME: this boot has come so far.
first_boot_says() {
  wait_for 900 console_says "${first_boot_words[$1]}" || { failed "$2: \"${first_boot_words[$1]}\"" "$(tail -n 3 "$console")" && return 1; }
}

# whole_after_cut: everything that box.yaml asks for is there, once, and nothing that is half.
whole_after_cut() {
  # shellcheck disable=SC2016  # For the box.
  wait_for 300 ready_topic && [ "$(on_box '
    hostname
    readlink /etc/localtime
    systemctl --failed --no-legend
    ssh-keygen -y -P "" -f /etc/ssh/ssh_host_ed25519_key | cut -d " " -f 1
    find /etc /var/lib/dvstakers-box -name "*.new"
    sha256sum </boot/efi/box.yaml | cut -d " " -f 1 | cmp - /var/lib/dvstakers-box/done
    findmnt -no FSTYPE /srv/data
    [ "$(df -B1G --output=size / | tail -n 1)" -ge 7 ] && echo "root has grown"
    wc -c </etc/machine-id
    grep -c . /home/staker/.ssh/authorized_keys')" = "lab-1
/usr/share/zoneinfo/Africa/Nairobi
ssh-ed25519
ext4
root has grown
33
1" ]
}

# scenario_arm64: the rock-5b image without the agent, and so without its first topic.
scenario_arm64() {
  local board=rock-5b
  new_disk arm64
  start_machine arm64
  holds "the arm64 image boots through EFI to its login" wait_for 1500 console_says '^edge-abcdef login:'
  has "first boot made a name" "$(tr -d '\r' <"$console")" 'DVStakers\.Edge +edge-abcdef\.local'
  holds "it goes off by its button" switch_off
  has "first boot wrote to the boot partition" "$(box_status)" 'No box.yaml was found'
}
