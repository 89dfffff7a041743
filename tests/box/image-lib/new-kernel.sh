# shellcheck shell=bash disable=SC2034,SC2154  # What machine.sh reads, and what image.sh gives.
# A kernel that comes by a security update. Needs machine.sh, checks.sh and image-scenarios.sh; fetch_kernel also image-builder.sh, and a network.

kernel_package=$PWD/artifacts/box-kernel.deb

# fetch_kernel: into $kernel_package, the newest of Debian's that the image does not have.
fetch_kernel() {
  local folder
  folder=$(mktemp -d "$PWD/artifacts/box-kernel.XXXXXX")
  need_builder "${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/image"
  # shellcheck disable=SC2016  # For the builder. Two: the image's own may be the newest.
  with_progress "fetching a kernel" "$folder/log" in_builder "$folder" env TMPDIR=/tmp sh -c 'apt-get -qq update && cd /work &&
    apt-get -qq -o APT::Sandbox::User=root download $(apt-cache pkgnames linux-image- | grep -E "^linux-image-[0-9.]+\+deb[0-9.]+-amd64\$" | sort -V | tail -n 2)'
  find "$folder" -name '*.deb' ! -name "linux-image-$(image_kernel)_*" | sort -V | tail -n 1 | xargs -I{} mv {} "$kernel_package"
  rm -rf "$folder"
}

# image_kernel: the release of the kernel in the image.
image_kernel() { disk=$image && mdir -b -i "$disk@@$(boot_at)" ::/dvstakers-edge/ | sed -n 's|.*/dvstakers-edge/\([^/]*\)/*$|\1|p'; }

# scenario_new_kernel: it is installed as an update would, with Debian's own hooks; then started; then the one before is removed.
scenario_new_kernel() {
  local own other options package=(-drive "file=$kernel_package,format=raw,if=virtio,readonly=on")
  good_box_yaml "$work/box.yaml"
  new_disk kernel "$work/box.yaml"
  start_machine kernel "${package[@]}"
  wait_for_login || { failed "somebody can log in" "$(tail -n 5 "$console")" && return; }
  own=$(on_box 'uname -r')
  other=$(dpkg-deb --field "$kernel_package" Package) other=${other#linux-image-}
  options=$(on_box 'cat /etc/kernel/cmdline')
  holds "$other is installed beside $own" on_box "head -c $(stat -c %s "$kernel_package") /dev/vda >/root/kernel.deb && dpkg -i /root/kernel.deb"
  equals "both are on the boot partition" "$(on_box 'ls /boot/efi/dvstakers-edge')" "$(printf '%s\n' "$own" "$other" | sort)"
  has "the new one has the box's options" "$(on_box "cat /boot/efi/loader/entries/dvstakers-edge-$other.conf")" "^options +$options *\$"
  # The newest is started anyway; this one may be older than the image's own.
  holds "it is chosen for the next start" on_box "bootctl set-oneshot dvstakers-edge-$other.conf"
  holds "the box goes off by its button" switch_off
  start_machine kernel-new
  wait_for_login || { failed "it starts with the new kernel" "$(tail -n 5 "$console")" && return; }
  equals "it starts with the new kernel" "$(on_box 'uname -r')" "$other"
  holds "a topic says that the box is ready" wait_for 300 ready_topic
  holds "the one before is removed" on_box "dpkg --purge --force-depends linux-image-$own"
  equals "and is no longer on the boot partition" "$(on_box 'ls /boot/efi/dvstakers-edge /boot/efi/loader/entries | grep -F .')" \
    "$(printf '%s\n' '/boot/efi/dvstakers-edge:' "$other" '/boot/efi/loader/entries:' "dvstakers-edge-$other.conf")"
  holds "the box goes off by its button" switch_off
}
