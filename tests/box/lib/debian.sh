# shellcheck shell=bash disable=SC2034,SC2154  # What its callers read, and what run.sh brings.
# A clean Debian, as a guest that the package is installed on.

# clean_debian SUITE: sets $root, its disk's folder, and $kernel and $release, its own kernel; both are kept.
clean_debian() {
  guest_suite=$1 guest_megabytes=1500
  guest_packages=(systemd systemd-sysv systemd-timesyncd udev dbus kmod apt procps iproute2)
  guest_archives=(ca-certificates libmosquitto1 mosquitto mosquitto-clients polkitd)
  root=$cache/root-$(root_key)
  flock 9
  need_root "$root" 9>&-
  kernel=$cache/plain-kernel-$(sha256sum "$root/kernel.deb" | cut -c 1-16)
  need_plain_kernel "$kernel" "$root/kernel.deb" 9>&-
  flock -u 9
  release=$(cat "$kernel/complete")
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
