# shellcheck shell=bash disable=SC2034,SC2154  # What machine.sh reads, and what image.sh gives.
# Another kernel, as a security update brings one. Needs machine.sh, checks.sh and image-scenarios.sh; fetch_kernel also image-builder.sh, and a network.

kernel_folder=$PWD/artifacts/box-kernel

# fetch_kernel: into $kernel_folder, Debian's newest two: one of them the image does not have.
fetch_kernel() {
  rm -rf "$kernel_folder" && mkdir -p "$kernel_folder"
  need_builder "${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/image"
  # As root, whose folder this is.
  # shellcheck disable=SC2016  # For the builder.
  with_progress "fetching a kernel" "$kernel_folder/log" in_builder "$kernel_folder" sh -c 'cd /work && echo "APT::Sandbox::User \"root\";" >apt.conf && export APT_CONFIG=/work/apt.conf &&
    apt-get -qq update && apt-get -qq download $(apt-cache pkgnames linux-image- | grep -E "^linux-image-[0-9.]+\+deb[0-9.]+-amd64\$" | sort -V | tail -n 2)'
}

# other_kernel RELEASE: the package of the newest one but this.
other_kernel() { find "$kernel_folder" -name '*.deb' ! -name "linux-image-$1_*" | sort -V | tail -n 1; }

# image_kernel: the release of the one in the image.
image_kernel() { disk=$image && mdir -b -i "$disk@@$(boot_at)" ::/dvstakers-edge/ | sed -n 's|.*/dvstakers-edge/\([^/]*\)/*$|\1|p'; }

# scenario_new_kernel: it is installed by dpkg, with Debian's own hooks; then started; then the image's own is removed.
scenario_new_kernel() {
  local own other options package
  package=$(other_kernel "$(image_kernel)")
  good_box_yaml "$work/box.yaml"
  new_disk kernel "$work/box.yaml"
  start_machine kernel -drive "file=$package,format=raw,if=virtio,readonly=on"
  wait_for_login || { failed "somebody can log in" "$(tail -n 5 "$console")" && return; }
  own=$(on_box 'uname -r')
  other=$(dpkg-deb --field "$package" Package) other=${other#linux-image-}
  options=$(on_box 'cat /etc/kernel/cmdline')
  holds "$other is installed beside $own" on_box "head -c $(stat -c %s "$package") /dev/vda >/root/kernel.deb && dpkg -i /root/kernel.deb"
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
    "$(printf '%s\n' "$other" "dvstakers-edge-$other.conf")"
  holds "the box goes off by its button" switch_off
}
