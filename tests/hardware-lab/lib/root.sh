# shellcheck shell=bash
# The guest's file system: this machine's own Debian, small. Needs progress.sh and packages.sh. Nothing of what is under test goes in here.

guest_packages=(systemd systemd-sysv udev dbus kmod libgcc-s1 libssl3 libmosquitto1 mosquitto mosquitto-clients i2c-tools gpiod polkitd procps iproute2 jq)

# debian_lines: the Debian archives that this machine itself uses, as lines for apt.
debian_lines() {
  # shellcheck disable=SC2016  # apt fills these in.
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u
}

root_key() { { debian_lines && printf '%s\n' "${guest_packages[@]}"; } | sha256sum | cut -c 1-16; }

# need_root CACHE: fills CACHE with root.ext4.
need_root() {
  local cache=$1
  [ ! -e "$cache/complete" ] || return 0
  need_commands mmdebstrap=mmdebstrap mke2fs=e2fsprogs
  rm -rf "$cache"
  mkdir -p "$cache"
  with_progress "installing a small Debian for the guest" "$cache/install.log" install_root "$cache"
  with_progress "making its file system" "$cache/mke2fs.log" make_file_system "$cache"
  rm -rf "$cache/tree"
  touch "$cache/complete"
}

install_root() {
  debian_lines | mmdebstrap --mode=root --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --include="$(IFS=, && echo "${guest_packages[*]}")" "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$1/tree" -
}

make_file_system() {
  local tree=$1/tree
  rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/*
  echo box >"$tree/etc/hostname"
  # Empty, not absent: an absent one asks questions at the first boot.
  : >"$tree/etc/machine-id"
  printf '/dev/vda / ext4 rw,noatime 0 0\n' >"$tree/etc/fstab"
  # What only costs time under emulation.
  local unit
  for unit in getty.target systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service fstrim.timer systemd-update-utmp.service systemd-random-seed.service systemd-pcrphase.service; do
    ln -sf /dev/null "$tree/etc/systemd/system/$unit"
  done
  truncate -s 700M "$1/root.ext4" && mke2fs -q -t ext4 -O '^has_journal' -d "$tree" "$1/root.ext4"
}
