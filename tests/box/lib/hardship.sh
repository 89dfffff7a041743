# shellcheck shell=bash disable=SC2034,SC2154  # What run.sh brings, and what is read in lib/debian.sh.
# What a box must live through: no room, a disk that cannot be written, and a boot with neither network nor time. Needs all that run.sh brings.

part_hardship() {
  local suite=${suites%%,*} packages=$work/packages root kernel release vmlinuz disk disk_initrd payload=$work/payload-hardship
  need_commands qemu-img=qemu-utils resize2fs=e2fsprogs
  mkdir -p "$packages"
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  clean_debian "$suite"
  vmlinuz=$kernel/vmlinuz disk_initrd=$work/initrd-hardship
  stage_scenarios "$payload" "$suite" "$version"
  cp "$packages/dvstakers-edge_${version}_amd64.deb" "$payload/lab/"
  make_initrd "$kernel" "$release" "$payload" "$disk_initrd"
  own_disk hardship
  boot_and_report full-disk "$limit"
  # As a board without a battery: systemd then sets the time to when it was made itself.
  boot_and_report nothing-yet "$limit" -rtc base=2001-01-01T00:00:00
}
