#!/bin/sh
# Runs in the builder: makes /work/box.img of the Debian in /work/base/root.tar, of root/ beside this script, and of the package, if there is one.
# Everything that differs from run to run is taken out or set to SOURCE_DATE_EPOCH.
set -eu
efi=$1 root_type=$2 consoles=$3 devicetree=$4 mirror=$5
root=/work/root
export SOURCE_DATE_EPOCH

mkdir "$root"
tar -xf /work/base/root.tar -C "$root" --numeric-owner --xattrs --xattrs-include='*'
cp -r /work/image/root/. "$root/"
rm "$root/etc/nftables.d/.keep"
chmod 755 "$root"/usr/lib/dvstakers-edge/*.sh
chmod 440 "$root/etc/sudoers.d/staker"
mkdir -p "$root/boot/efi" "$root/srv/data"

cat >"$root/etc/apt/sources.list.d/debian.sources" <<END
Types: deb
URIs: $mirror
Suites: trixie trixie-updates
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

Types: deb
URIs: ${mirror%/*}/debian-security
Suites: trixie-security
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp
END
rm -f "$root/etc/apt/sources.list"

# No password at all: not an empty one.
chroot "$root" useradd --uid 1000 --create-home --shell /bin/bash --password '*' staker
# dpkg asks for the architecture, systemd's helpers for nothing of this machine.
for package in /work/*.deb; do
  [ -e "$package" ] || continue
  cp "$package" "$root/tmp/"
  chroot "$root" env DEBIAN_FRONTEND=noninteractive dpkg -i "/tmp/${package##*/}"
  rm "$root/tmp/${package##*/}"
done
chroot "$root" systemctl enable --quiet dvstakers-first-boot.service systemd-networkd.service systemd-resolved.service systemd-timesyncd.service nftables.service ssh.service mosquitto.service
chroot "$root" systemctl mask --quiet systemd-firstboot.service systemd-networkd-wait-online.service
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"

# The boot partition, as the kernel's own hooks will keep it on the box.
release=$(ls "$root/usr/lib/modules")
esp=/work/esp
mkdir -p "$esp/EFI/BOOT" "$esp/EFI/systemd" "$esp/loader/entries"
name=$(echo "$efi" | tr '[:lower:]' '[:upper:]')
# Debian's signed one where there is one, as bootctl does it.
loader=$root/usr/lib/systemd/boot/efi/systemd-boot$efi.efi
[ ! -e "$loader.signed" ] || loader=$loader.signed
cp "$loader" "$esp/EFI/BOOT/BOOT$name.EFI"
cp "$loader" "$esp/EFI/systemd/systemd-boot$efi.efi"
printf 'timeout 2\n' >"$esp/loader/loader.conf"
printf 'type1\n' >"$esp/loader/entries.srel"
# ssh is where it is configured, and nowhere else (systemd would open sockets of its own).
echo "root=PARTUUID=0d5edce0-6b0c-4f5e-9a51-5b0a7c6d0002 ro quiet panic=30 systemd.ssh_auto=no $consoles" >"$root/etc/kernel/cmdline"
mkdir -p "$esp/dvstakers-edge/$release"
cp "$root/boot/vmlinuz-$release" "$esp/dvstakers-edge/$release/linux"
cp "$root/boot/initrd.img-$release" "$esp/dvstakers-edge/$release/initrd.img-$release"
{
  printf 'title      DVStakers.Edge\nversion    %s\nsort-key   debian\noptions    %s\n' "$release" "$(cat "$root/etc/kernel/cmdline")"
  printf 'linux      /dvstakers-edge/%s/linux\ninitrd     /dvstakers-edge/%s/initrd.img-%s\n' "$release" "$release" "$release"
} >"$esp/loader/entries/dvstakers-edge-$release.conf"
cp /work/image/box.yaml.example "$esp/box.yaml.example"
if [ -n "$devicetree" ]; then
  # Where U-Boot looks for one that is newer than its own.
  mkdir -p "$esp/dtb/${devicetree%/*}"
  cp "$root/usr/lib/linux-image-$release/$devicetree" "$esp/dtb/$devicetree"
fi

# What is each box's own, and what tells when the image was made.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root"/var/lib/systemd/random-seed "$root"/var/lib/systemd/credential.secret
: >"$root/etc/machine-id"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/ldconfig/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old "$root"/etc/*- "$root"/tmp/* "$root"/run/*
find "$root/var/log" -type f -exec sh -c 'for f; do : >"$f"; done' sh {} +
find "$root" "$esp" -depth -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
# What systemd would do once after /usr has changed was done by the packages' own scripts. It goes by the time of /usr.
chroot "$root" /usr/lib/systemd/systemd-update-done
touch -d "@$SOURCE_DATE_EPOCH" "$root"/etc/.updated "$root"/var/.updated "$root"/etc "$root"/var

mkdir /work/repart.d
if [ -n "$devicetree" ]; then
  # Room for a loader that begins at sector 64, before this partition, and goes on in it.
  printf '[Partition]\nType=8da63339-0007-60c0-c436-083ac8230908\nLabel=loader\nSizeMinBytes=15M\nSizeMaxBytes=15M\n' >/work/repart.d/05-loader.conf
fi
cat >/work/repart.d/10-esp.conf <<END
[Partition]
Type=esp
Label=DVSTAKERS
UUID=0d5edce0-6b0c-4f5e-9a51-5b0a7c6d0001
Format=vfat
SizeMinBytes=512M
SizeMaxBytes=512M
CopyFiles=/esp:/
END
cat >/work/repart.d/20-root.conf <<END
[Partition]
Type=$root_type
Label=dvstakers-root
UUID=0d5edce0-6b0c-4f5e-9a51-5b0a7c6d0002
Format=ext4
SizeMinBytes=2G
SizeMaxBytes=2G
CopyFiles=/root:/
END
# The seed of its directories is the only thing that is drawn anew each time.
export SYSTEMD_REPART_MKFS_OPTIONS_EXT4='-E hash_seed=0d5edce0-6b0c-4f5e-9a51-5b0a7c6d0003'
SYSTEMD_LOG_LEVEL=warning systemd-repart --offline=yes --empty=create --size=auto --dry-run=no --sector-size=512 --seed=0d5edce0-6b0c-4f5e-9a51-5b0a7c6d0000 \
  --definitions=/work/repart.d --root=/work /work/box.img
