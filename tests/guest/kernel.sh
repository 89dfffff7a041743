# shellcheck shell=bash
# The stock kernel of a Debian, and the simulators that it leaves out. Needs progress.sh and packages.sh.
# All of it is cached by the kernel's version and by the lists below; the sources are fetched to build the modules and then thrown away.

# What the guest loads, with all that it depends on; those in the second list come from the kernel's source package.
stock_modules=(virtio_pci virtio_blk virtio_console ext4 crc32c_generic configfs i2c-dev ledtrig-timer ledtrig-pattern
  ledtrig-heartbeat lm75 autofs4 virtio_rng loop dummy)
simulators=(gpio-sim uleds i2c-stub ina2xx max17040_battery test_power)
plain_modules=(virtio_pci virtio_blk virtio_console virtio_rng ext4 crc32c_generic autofs4 i2c-dev ledtrig-timer ledtrig-pattern)

# kernel_release: such as 6.1.0-56-amd64, what this suite's metapackage asks for.
kernel_release() {
  apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: linux-image-\([0-9].*\)$/\1/p' | head -n 1
}

# need_plain_kernel CACHE PACKAGE: as need_kernel, from a package of that kernel and without the simulators.
need_plain_kernel() {
  local cache=$1 release
  [ ! -e "$cache/complete" ] || return 0
  need_commands xz=xz-utils depmod=kmod
  rm -rf "$cache"
  mkdir -p "$cache/work"
  with_progress "unpacking the kernel" "$cache/unpack.log" unpack_kernel "$2" "$cache/work"
  release=$(basename "$cache"/work/lib/modules/*)
  with_progress "choosing modules" "$cache/choose.log" choose_modules "$cache" "$release" "${plain_modules[@]}"
  rm -rf "$cache/work"
  printf '%s\n' "$release" >"$cache/complete"
}

unpack_kernel() {
  dpkg --fsys-tarfile "$1" | tar -x -C "$2" &&
    if [ -d "$2/usr/lib/modules" ]; then mkdir -p "$2/lib" && mv "$2/usr/lib/modules" "$2/lib/"; fi &&
    find "$2/lib/modules" -name '*.ko.xz' -exec xz -d {} +
}

# kernel_key: changes with what is made of the kernel.
kernel_key() { { printf '%s\n' "${stock_modules[@]}" "${simulators[@]}" && declare -f fetch_kernel build_simulators choose_modules; } | sha256sum | cut -c 1-16; }

# need_kernel CACHE RELEASE: fills CACHE with vmlinuz, lib/modules/RELEASE and modules.order-of-boot.
need_kernel() {
  local cache=$1 release=$2
  [ ! -e "$cache/complete" ] || return 0
  [ -e "/usr/src/linux-headers-$release/Makefile" ] || install_packages "linux-headers-$release"
  need_commands make=make gcc=gcc xz=xz-utils depmod=kmod cpio=cpio busybox=busybox-static
  rm -rf "$cache"
  mkdir -p "$cache/work"
  with_progress "fetching the kernel $release" "$cache/fetch.log" fetch_kernel "$cache/work" "$release"
  with_progress "building the simulated hardware's modules" "$cache/build.log" build_simulators "$cache/work" "$release"
  with_progress "choosing modules" "$cache/choose.log" choose_modules "$cache" "$release" "${stock_modules[@]}" "${simulators[@]}"
  rm -rf "$cache/work"
  touch "$cache/complete"
}

fetch_kernel() {
  local series=${2%%-*}
  (
    cd "$1" || exit
    chmod 755 .
    series=${series%.*}
    apt-get -q download "linux-image-$2" "linux-source-$series" &&
      dpkg --fsys-tarfile linux-image-*.deb | tar -x --wildcards './boot/vmlinuz-*' './lib/modules/*' &&
      dpkg --fsys-tarfile linux-source-*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" | tar -xJ --strip-components=1 --wildcards \
        '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c' '*/drivers/leds/uleds.c' '*/drivers/i2c/i2c-stub.c' '*/drivers/hwmon/ina2xx.c' \
        '*/drivers/power/supply/max17040_battery.c' '*/drivers/power/supply/test_power.c' &&
      rm -f ./*.deb
  )
}

build_simulators() {
  mkdir -p "$1/build" &&
    cp "$1/drivers/gpio/gpio-sim.c" "$1/build/gpio-sim-core.c" &&
    cp "$1"/drivers/gpio/gpiolib.h "$1"/kernel/irq/irq_sim.c "$1"/drivers/leds/uleds.c "$1"/drivers/i2c/i2c-stub.c "$1"/drivers/hwmon/ina2xx.c "$1"/drivers/power/supply/*.c "$1/build" &&
    # irq_to_desc is not exported to modules.
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' "$1/build/irq_sim.c" &&
    # Its chips always answer: with an error number in this parameter none of them does.
    sed -i -e '/^static s32 stub_xfer(/i static int fault;\nmodule_param(fault, int, 0644);\n' \
      -e '/Search for the right chip/i \\tif (fault)\n\t\treturn -fault;' "$1/build/i2c-stub.c" &&
    [ "$(grep -c '\<fault\>' "$1/build/i2c-stub.c")" -ge 4 ] &&
    printf 'obj-m := %s\ngpio-sim-y := gpio-sim-core.o irq_sim.o\n' "$(printf '%s.o ' "${simulators[@]}")" >"$1/build/Makefile" &&
    make -C "/usr/src/linux-headers-$2" "M=$1/build" modules &&
    strip -g "$1"/build/*.ko
}

# choose_modules CACHE RELEASE MODULE...
choose_modules() {
  local cache=$1 release=$2 all="$1/work/lib/modules/$2" file to
  shift 2
  mkdir -p "$all/updates" "$cache/lib/modules/$release" &&
    if [ -d "$cache/work/build" ]; then cp "$cache"/work/build/*.ko "$all/updates/"; fi &&
    cp "$cache/work/boot/vmlinuz-$release" "$cache/vmlinuz" &&
    depmod -b "$cache/work" "$release" &&
    cp "$all"/modules.{builtin,builtin.modinfo,order} "$cache/lib/modules/$release/" &&
    needed_modules "$cache/work" "$release" "$@" >"$cache/work/needed" || return
  while IFS= read -r file; do
    to=$cache/lib/modules/$release/${file#*"/modules/$release/"}
    mkdir -p "${to%/*}" && cp "$file" "$to" || return
  done <"$cache/work/needed"
  depmod -b "$cache" "$release" &&
    needed_modules "$cache" "$release" virtio_pci virtio_blk ext4 crc32c_generic >"$cache/first-modules"
}

# needed_modules ROOT RELEASE MODULE...: their files in the order of loading, each once.
needed_modules() {
  local root=$1 release=$2 module
  shift 2
  for module in "$@"; do modprobe -d "$root" -S "$release" --show-depends "$module" || return; done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}
