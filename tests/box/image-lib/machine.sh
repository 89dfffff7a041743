# shellcheck shell=bash disable=SC2154
# An emulated PC or arm64 board with EFI firmware, its disk, and a way in. Needs $image, $board, $work, $logs; progress.sh and checks.sh.

machine='' console='' disk='' disk_format=raw ssh_port=2222 monitor_port=4444
# Which of the machine's ports are reached from here, by the same numbers, and its address; '': the one that it gets by DHCP.
reached_ports=(9000 9001) address=''

# new_disk NAME [BOX-YAML [FILE]]: a disk on which the image was written by flash.sh, with what is given on its boot partition. It is a file among fake ones of /sys
# and /dev, since what flash.sh looks at is the kernel's word. Sets $disk.
new_disk() {
  local fake=$work/$1
  mkdir -p "$fake"/{dev,proc/self,sys/block/sdx/device}
  disk=$fake/dev/sdx disk_format=raw
  truncate -s 8G "$disk"
  echo $((8 * 1024 * 1024 * 2)) >"$fake/sys/block/sdx/size"
  echo 1 >"$fake/sys/block/sdx/removable"
  echo 'Lab stick' >"$fake/sys/block/sdx/device/model"
  : >"$fake/proc/self/mountinfo"
  shift
  FLASH_ROOT=$fake firmware-scripts/flash.sh "$image" --disk /dev/sdx --yes ${1:+--box-yaml "$1"} ${2:+--also "$2"} >"$logs/flash.log" 2>&1 || { cat "$logs/flash.log" >&2 && return 1; }
}

# fresh_overlay MASTER: a disk that holds what MASTER does; all that is written goes into a file of its own. Sets $disk.
fresh_overlay() {
  disk=$work/overlay.disk disk_format=qcow2
  rm -f "$disk"
  qemu-img create -q -f qcow2 -F raw -b "$1" "$disk"
}

# boot_at, root_at: where these partitions begin, in bytes. What is before them differs from board to board.
boot_at() { sfdisk --json "$disk" | jq '.partitiontable.partitions[] | select(.type | startswith("C12A7328")) | .start * 512'; }

root_at() { sfdisk --json "$disk" | jq '.partitiontable.partitions[-1].start * 512'; }

put_box_yaml() { mcopy -o -i "$disk@@$(boot_at)" "$1" ::box.yaml; }

box_status() { mcopy -n -i "$disk@@$(boot_at)" ::box-status.txt - 2>/dev/null | tr -d '\r'; }

# off_the_disk PATH TO: a folder of the root file system of a machine that is off.
off_the_disk() { mkdir -p "$2" && debugfs -R "rdump $1 $2" "$disk?offset=$(root_at)" >/dev/null 2>&1; }

# guest_node [OPTION]: prints QEMU's arguments that bring a beacon node and its execution client into the guest, as a unit and a program that systemd takes from the
# machine and not from the disk: what is on the disk stays what a user has. OPTION: one more of the kernel's.
guest_node() {
  local unit
  unit="[Unit]
Description=A beacon node and its execution client
Before=dvstakers-edge.service
[Service]
LoadCredential=fake-node.pl
ExecStart=/usr/bin/perl %d/fake-node.pl $(($(date +%s) - 40000))"
  printf '%s\n' -fw_cfg name=opt/io.systemd.credentials/fake-node.pl,file=tests/box/guest/fake-node.pl \
    -smbios "type=11,value=io.systemd.credential.binary:systemd.extra-unit.fake-node.service=$(base64 -w 0 <<<"$unit"),value=io.systemd.boot.kernel-cmdline-extra=systemd.wants=fake-node.service${1:+ $1}"
}

# bare_machine: prints QEMU and the arguments by which it is the board. One processor: with two, an emulation may run code that the kernel of the other is just
# rewriting ("Oops: int3" in a boot). Of a PC without what only slows an emulation. The arm64 one is QEMU's own board, for it knows none with a RK3588.
bare_machine() {
  local vars=$work/$board.vars code card
  case $board in
    pc-x64)
      code=/usr/share/OVMF/OVMF_CODE_4M.fd card=e1000e,romfile=
      printf '%s\n' qemu-system-x86_64 -M q35 -cpu max,la57=off,smap=off,svm=off
      guest_node
      ;;
    rock-5b)
      code=/usr/share/AAVMF/AAVMF_CODE.fd card=virtio-net-pci
      printf '%s\n' qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a72
      guest_node console=ttyAMA0
      ;;
  esac
  [ -e "$vars" ] || cp "${code/CODE/VARS}" "$vars"
  printf '%s\n' -drive "if=pflash,format=raw,readonly=on,file=$code" -drive "if=pflash,format=raw,file=$vars" -device "$card,netdev=net,mac=52:54:00:ab:cd:ef"
}

# start_machine NAME [ARGUMENT...]: more of QEMU's. Software emulation: a nested machine's KVM may be there and hang. The guest's clock counts its instructions
# (4 ns each) and stands while this machine does other things, so that no time-out in the guest runs out because of the load here. That is why its node is in it:
# one outside would be in another slot. Where the guest only waits, its clock is the real one (sleep=on): else it would leap ahead of its disk.
start_machine() {
  local name=$1 bare port reached=hostfwd=tcp:127.0.0.1:$ssh_port-$address:22
  shift
  console=$logs/$name.console
  : >"$console"
  mapfile -t bare < <(bare_machine)
  for port in "${reached_ports[@]}"; do reached+=,hostfwd=tcp:127.0.0.1:$port-$address:$port; done
  "${bare[@]}" -accel tcg -icount shift=2,sleep=on -smp 1 -m 1024 -nodefaults -nographic -no-reboot \
    -drive "file=$disk,format=$disk_format,if=none,id=system" -device nvme,drive=system,serial=system,bootindex=0 -device virtio-rng-pci \
    -netdev "user,id=net,$reached" -serial "file:$console" -monitor "tcp:127.0.0.1:$monitor_port,server=on,wait=off" "$@" </dev/null >"$logs/$name.qemu" 2>&1 &
  machine=$!
}

is_running() { [ -n "$machine" ] && kill -0 "$machine" 2>/dev/null; }

# The end of the power: nothing in the machine learns of it.
kill_machine() {
  hang_up
  if is_running; then
    kill -9 "$machine" || true
    wait "$machine" 2>/dev/null || true
  fi
  machine=''
}

# switch_off: by the power button.
switch_off() {
  hang_up
  exec 3<>"/dev/tcp/127.0.0.1/$monitor_port" && echo system_powerdown >&3
  wait_for 300 false || true
  exec 3>&-
  if is_running; then kill_machine && return 1; fi
  machine=''
}

# on_box COMMAND: as root on the machine. One log-in for all of them: each is seconds of an emulated processor.
on_box() { ssh_as staker -o ControlMaster=auto -o ControlPersist=yes -o ControlPath="${work#"$PWD/"}/ssh" "sudo bash -c $(printf '%q' "$1")" </dev/null; }

hang_up() { [ ! -e "$work/ssh" ] || ssh -o ControlPath="${work#"$PWD/"}/ssh" -O exit box 2>/dev/null || rm -f "$work/ssh"; }

ssh_as() {
  local user=$1
  shift
  ssh -p "$ssh_port" -i "$work/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30 "$user@127.0.0.1" "$@"
}

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is over or the machine is gone. The time in which the machine waited for a processor of this
# one does not count.
wait_for() {
  local until=$((SECONDS + $1 - $(starved)))
  shift
  until "$@" >/dev/null 2>&1; do
    if ! is_running || [ $((SECONDS - $(starved))) -ge "$until" ]; then return 1; fi
    timeout 1 tail --pid="$machine" -f /dev/null || true
  done
}

# starved: for how many seconds the machine could have run, and was not let. Its threads wait side by side: the longest counts.
starved() { cat /proc/"$machine"/task/*/schedstat 2>/dev/null | awk '$2 > most { most = $2 } END { printf "%d", most / 1e9 }' || true; }

console_says() { tr -d '\r' <"$console" | grep -aqE -- "$1"; }

# wait_for_login: by ssh. Not tried before somebody could log in on the console: a connection that is made before costs the guest time, and waits long.
wait_for_login() { wait_for 900 console_says ' login:' && wait_for 300 on_box true; }

tcp_answers() { curl -sf --max-time 15 "http://127.0.0.1:$1/" >/dev/null; }
