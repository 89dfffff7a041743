# shellcheck shell=bash disable=SC2034,SC2154  # What its callers read, and what run.sh brings.
# A clean Debian, as a guest that the package is installed on.

# clean_debian SUITE [container]: sets $root, its disk's folder, and, if it is no container, $kernel and $release, its own kernel; all is kept.
clean_debian() {
  guest_suite=$1 guest_megabytes=1500 guest_kernel=yes
  if [ "${2:-}" = container ]; then guest_kernel=no; elif is_ubuntu; then fail "$1 has no kernel here: with --container alone"; fi
  guest_packages=(systemd systemd-sysv systemd-timesyncd udev dbus kmod apt procps iproute2)
  guest_archives=(ca-certificates libmosquitto1 mosquitto mosquitto-clients polkitd)
  root=$cache/root-$(root_key)
  flock 9
  need_root "$root" 9>&-
  if [ "$guest_kernel" = yes ]; then
    kernel=$cache/plain-kernel-$(sha256sum "$root/kernel.deb" | cut -c 1-16)
    need_plain_kernel "$kernel" "$root/kernel.deb" 9>&-
    release=$(cat "$kernel/complete")
  fi
  flock -u 9
}

# stage_scenarios PAYLOAD SUITE VERSION: what every such guest is given; its scenarios begin by themselves.
stage_scenarios() {
  rm -rf "$1"
  mkdir -p "$1"/{lab,etc/systemd/system/multi-user.target.wants}
  cp -r "$guest"/{run,lib.sh} "$here/scenarios" "$here"/guest/* "$1/lab/"
  printf 'suite=%s version=%s\n' "$2" "$3" >"$1/lab/facts"
  cp "$guest/lab.service" "$1/etc/systemd/system/"
  ln -s /etc/systemd/system/lab.service "$1/etc/systemd/system/multi-user.target.wants/"
}

# own_disk NAME: sets $disk, a disk of that Debian that outlives a guest, and its power cut; larger than the others, and with a journal, as on any box.
own_disk() {
  local base=$work/$1.ext4
  disk=$work/$1.qcow2
  rm -f "$disk" "$base"
  cp --sparse=always "$root/root.ext4" "$base"
  truncate -s 4G "$base"
  { e2fsck -f -y "$base" && resize2fs "$base" && tune2fs -O has_journal "$base"; } >"$work/$1.disk.log" 2>&1
  qemu-img create -q -f qcow2 -F raw -b "$base" "$disk"
}

# on_disk LOGS SECONDS SCENARIO [ARGUMENT...]: boots a guest on $disk, with $vmlinuz and $disk_initrd; the arguments are more of QEMU's.
on_disk() {
  local out=$1 seconds=$2 scenario=$3
  shift 3
  mkdir -p "$out"
  rm -f "$out"/{console.log,results,journal.log}
  : >"$out/results"
  # What the guest flushed is in the file, and what it did not is lost with its process, as with a power cut. The file itself need not be flushed: this machine keeps its power.
  guest_drive="file=$disk,format=qcow2,if=virtio,cache=unsafe" boot "$vmlinuz" '' "$disk_initrd" "$out" "$seconds" "lab.only=$scenario lab.seconds=$seconds" "$@"
}

# boot_and_report SCENARIO SECONDS [ARGUMENT...]
boot_and_report() {
  local status=0 scenario=$1 seconds=$2 out=$logs/$1
  shift 2
  with_progress "the guest: $scenario" "$work/$scenario.qemu.log" on_disk "$out" "$seconds" "$scenario" "$@" || status=$?
  report "$scenario" "$out" "$status" $((SECONDS - began)) || true
}
