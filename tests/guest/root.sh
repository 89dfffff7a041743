# shellcheck shell=bash
# The guest's file system: a small Debian out of the archives that this machine itself uses. Needs progress.sh and packages.sh. Nothing of what is under test
# goes in here. A lab sets guest_packages, and may set the rest.

guest_packages=()
# Another release of Debian than this machine's, by its code name; or one of Ubuntu's.
guest_suite=
ubuntu_suites=(noble)
# With its kernel's package beside it, where it has archives.
guest_kernel=yes
# Packages that lie in the guest for its apt to install, with all that they need; apt's lists lie there too, so that it needs no network.
guest_archives=()
guest_megabytes=700

host_suite() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

is_ubuntu() { [[ " ${ubuntu_suites[*]} " == *" $guest_suite "* ]]; }

# debian_lines: the archives, as lines for apt. For Ubuntu none: mmdebstrap knows where its own are.
debian_lines() {
  if is_ubuntu; then return; fi
  # shellcheck disable=SC2016  # apt fills these in.
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sed "s/ $(host_suite)\(-[a-z-]*\)\? / ${guest_suite:-$(host_suite)}\1 /" | sort -u
}

root_key() { { debian_lines && printf '%s\n' "${guest_packages[@]}" "${guest_archives[@]}" "$guest_suite" "$guest_megabytes" "$guest_kernel" && cat "${BASH_SOURCE[0]}"; } | sha256sum | cut -c 1-16; }

# need_root CACHE: fills CACHE with root.ext4, and with kernel.deb of that Debian where it is wanted.
need_root() {
  local cache=$1
  [ ! -e "$cache/complete" ] || return 0
  need_commands mmdebstrap=mmdebstrap mke2fs=e2fsprogs
  rm -rf "$cache"
  mkdir -p "$cache"
  with_progress "installing a small Debian (${guest_suite:-$(host_suite)}) for the guest" "$cache/install.log" install_root "$cache"
  with_progress "making its file system" "$cache/mke2fs.log" make_file_system "$cache"
  rm -rf "$cache/tree"
  touch "$cache/complete"
}

install_root() {
  local hooks=() keyring=/usr/share/keyrings/debian-archive-keyring.gpg archives=("$1/archives")
  if is_ubuntu; then
    ubuntu_keyring "$1/keyring"
    keyring=$1/keyring/usr/share/keyrings/ubuntu-archive-keyring.gpg archives=()
  else
    debian_lines >"$1/archives"
  fi
  if [ "${#guest_archives[@]}" -gt 0 ]; then
    # shellcheck disable=SC2016  # For the shell that runs the hook.
    hooks=(--skip=cleanup/apt --customize-hook='export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
      apt-get -q -y --download-only -o APT::Install-Recommends=true install '"${guest_archives[*]}")
    # shellcheck disable=SC2016  # Likewise.
    [ "$guest_kernel" = no ] || hooks+=(--customize-hook='export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
      cd "$1/.." && apt-get -q download "$(apt-cache depends linux-image-amd64 | sed -n "s/.*Depends: \(linux-image-[0-9].*\)$/\1/p" | head -n 1)" &&
      mv linux-image-*.deb kernel.deb')
  fi
  chmod 755 "$1"
  # The components are for Ubuntu: Debian's lines name their own.
  mmdebstrap --mode=root --variant=minbase --keyring="$keyring" --components="main universe" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --include="$(IFS=, && echo "${guest_packages[*]}")" "${hooks[@]}" "${guest_suite:-$(host_suite)}" "$1/tree" "${archives[@]}"
}

# ubuntu_keyring FOLDER: Ubuntu's keys, as Debian has and signs them (Debian 12 has not).
ubuntu_keyring() {
  local apt=(-o "Dir::Etc::sourcelist=$1/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$1/lists" -o "Dir::Cache=$1/cache" -o APT::Sandbox::User=root)
  mkdir -p "$1"/{lists,cache}
  (guest_suite=trixie && debian_lines) >"$1/sources.list"
  apt-get -q "${apt[@]}" update && (cd "$1" && apt-get -q "${apt[@]}" download ubuntu-keyring && dpkg-deb -x ubuntu-keyring_*.deb .)
}

make_file_system() {
  local tree=$1/tree
  if [ "${#guest_archives[@]}" -eq 0 ]; then
    rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/*
  else
    # As on a box: what is recommended is installed too, and documentation is.
    rm -f "$tree"/etc/apt/apt.conf.d/99mmdebstrap "$tree"/etc/dpkg/dpkg.cfg.d/99mmdebstrap
    # What only costs time under emulation: apt's own index of its lists, and flushes to a disk that is thrown away.
    chroot "$tree" apt-cache gencaches
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
  fi
  echo box >"$tree/etc/hostname"
  # Empty, not absent: an absent one asks questions at the first boot.
  : >"$tree/etc/machine-id"
  printf '/dev/vda / ext4 rw,noatime 0 0\n' >"$tree/etc/fstab"
  # What only costs time under emulation.
  local unit
  for unit in getty.target systemd-networkd-wait-online.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service fstrim.timer systemd-update-utmp.service systemd-random-seed.service systemd-pcrphase.service \
    nut-driver-enumerator.service nut-driver-enumerator.path; do
    ln -sf /dev/null "$tree/etc/systemd/system/$unit"
  done
  # A scenario starts these.
  rm -f "$tree"/etc/systemd/system/*.wants/nut*
  truncate -s "${guest_megabytes}M" "$1/root.ext4" && mke2fs -q -t ext4 -O '^has_journal' -d "$tree" "$1/root.ext4"
}
