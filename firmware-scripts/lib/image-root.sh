# shellcheck shell=bash disable=SC2034,SC2154,SC2016  # What board_facts sets, and what build-image.sh gives.
# The image's Debian, without anything of this project: kept by its list of packages. Needs image-builder.sh.

image_packages=(
  systemd systemd-sysv systemd-resolved libnss-resolve libnss-myhostname systemd-timesyncd systemd-repart systemd-boot udev dbus polkitd kmod initramfs-tools zstd
  openssh-server sudo nftables unattended-upgrades ca-certificates tzdata
  mosquitto mosquitto-clients libmosquitto1 libssl3t64 libgcc-s1 zlib1g
  e2fsprogs dosfstools fdisk iproute2 iputils-ping procps less nano curl i2c-tools gpiod)

# board_facts BOARD: sets architecture, kernel, efi, root_type and console of a board.
board_facts() {
  case $1 in
    pc-x64) architecture=amd64 kernel=linux-image-amd64 efi=x64 root_type=root-x86-64 consoles='console=ttyS0,115200 console=tty0' devicetree='' ;;
    rock-5b) architecture=arm64 kernel=linux-image-arm64 efi=aa64 root_type=root-arm64 consoles='console=ttyS2,1500000 console=tty0' devicetree=rockchip/rk3588-rock-5b.dtb ;;
    *) fail "no such board: $1; there are pc-x64 and rock-5b" ;;
  esac
}

base_key() { { archive_lines && printf '%s\n' "$architecture" "$kernel" "${image_packages[@]}"; } | sha256sum | cut -c 1-16; }

# need_base CACHE FRESH: sets $base to a folder with root.tar, the installed Debian, and packages, the versions in it.
need_base() {
  local made
  base=$1/base-$architecture-$(base_key)
  if [ "$2" = yes ]; then rm -rf "$base"; fi
  if [ ! -e "$base/complete" ]; then
    rm -rf "$base"
    mkdir -p "$base"
    archive_lines >"$base/archives"
    with_progress "installing Debian $image_suite for $architecture into a folder" "$base/install.log" install_base
    touch "$base/complete"
  fi
  made=$((($(date +%s) - $(stat -c %Y "$base/complete")) / 86400))
  [ "$made" -lt 7 ] || say "The Debian in this image is $made days old; --fresh takes today's. (A running box takes security updates by itself.)"
}

install_base() {
  in_builder "$base" env SOURCE_DATE_EPOCH="$epoch" sh -c 'mmdebstrap --mode=root --variant=minbase --architectures="$1" --keyring="$2" \
      --aptopt="Acquire::Languages \"none\"" --aptopt="APT::Install-Recommends \"false\"" \
      --dpkgopt="path-exclude=/usr/share/man/*" --dpkgopt="path-exclude=/usr/share/locale/*" \
      --dpkgopt="path-exclude=/usr/share/doc/*" --dpkgopt="path-include=/usr/share/doc/*/copyright" \
      --include="$3" "$4" /work/root.tar - </work/archives' sh "$architecture" "$archive_keyring" "$kernel,$(IFS=, && echo "${image_packages[*]}")" "$image_suite" &&
    tar -xOf "$base/root.tar" ./var/lib/dpkg/status | awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print name, $2 }' | sort >"$base/packages"
}

# check_loader FILE: what the board's own program finds at sector 64 of a disk, up to where the first partition with files begins.
check_loader() {
  [ "$board" = rock-5b ] || fail "--loader is for rock-5b; a PC has its loader in its firmware"
  [ "$(head -c 4 "$1")" = RKNS ] || fail "$1 is no loader for the Rock 5B: it does not begin with RKNS (it is called u-boot-rockchip.bin where U-Boot was built)"
  [ "$(stat -c %s "$1")" -le $((16 * 1024 * 1024 - 64 * 512)) ] || fail "$1 is too big: 16 MiB less 32 KiB are free before the first partition"
}

# need_emulation ARCHITECTURE: lets this machine run the other's programs while the image is made.
need_emulation() {
  local entry=/proc/sys/fs/binfmt_misc
  case $1-$(uname -m) in amd64-x86_64 | arm64-aarch64) return ;; esac
  [ "$1" = arm64 ] || fail "an image for $1 can be made on a machine of that kind only"
  need_commands qemu-aarch64-static=qemu-user-static
  [ -e $entry/register ] || mount -t binfmt_misc binfmt_misc $entry
  [ -e $entry/qemu-aarch64 ] ||
    printf '%s' ':qemu-aarch64:M::\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:OCF' >$entry/register
}
