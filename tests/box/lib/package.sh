# shellcheck shell=bash disable=SC2154
# The package on a clean Debian: installed, upgraded, downgraded, purged. Needs all that run.sh brings.

part_package() {
  local suite version packages=$work/packages
  version=$(sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' Directory.Build.props)
  mkdir -p "$packages"
  rm -f "$packages"/*.deb
  # The same binary: what dpkg does with two versions is what is looked at.
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version~before" --output "$packages" >/dev/null
  for suite in ${suites//,/ }; do on_suite "$suite" "$packages" "$version"; done
}

# on_suite SUITE PACKAGES VERSION
on_suite() {
  local root kernel release status=0 out=$logs/package-$1 payload=$work/payload-$1
  # shellcheck disable=SC2034  # For root.sh.
  guest_suite=$1 guest_megabytes=1500 \
    guest_packages=(systemd systemd-sysv systemd-timesyncd udev dbus kmod apt procps iproute2) \
    guest_archives=(ca-certificates libmosquitto1 mosquitto mosquitto-clients polkitd)
  root=$cache/root-$(root_key)
  flock 9
  need_root "$root" 9>&-
  kernel=$cache/plain-kernel-$(sha256sum "$root/kernel.deb" | cut -c 1-16)
  need_plain_kernel "$kernel" "$root/kernel.deb" 9>&-
  flock -u 9
  release=$(cat "$kernel/complete")

  rm -rf "$payload"
  mkdir -p "$payload"/{lab,etc/systemd/system/multi-user.target.wants} "$out"
  cp -r "$guest"/{run,lib.sh} "$here/scenarios" "$here"/guest/* "$payload/lab/"
  cp "$2"/*.deb "$payload/lab/"
  printf 'suite=%s version=%s\n' "$1" "$3" >"$payload/lab/facts"
  cp "$guest/lab.service" "$payload/etc/systemd/system/"
  ln -s /etc/systemd/system/lab.service "$payload/etc/systemd/system/multi-user.target.wants/"
  make_initrd "$kernel" "$release" "$payload" "$work/initrd-$1"
  rm -f "$out"/{console.log,results,journal.log}
  : >"$out/results"
  with_progress "Debian $1 with the package" "$out/qemu.log" boot "$kernel/vmlinuz" "$root/root.ext4" "$work/initrd-$1" "$out" "$limit" "lab.only=package,broker lab.seconds=2400" || status=$?
  report "package-$1" "$out" "$status" $((SECONDS - began)) || true
}
