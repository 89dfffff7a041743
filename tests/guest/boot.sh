# shellcheck shell=bash disable=SC2154
# Boots a guest. Needs $guest, this folder. What is under test travels in the initrd, so that nothing cached is ever written to.

# make_initrd KERNEL-CACHE RELEASE PAYLOAD OUT: a first program that loads what the disk needs, copies the payload over the root, and hands over.
make_initrd() {
  local kernel=$1 release=$2 payload=$3 out=$4 stage file
  stage=$(mktemp -d)
  mkdir -p "$stage"/{bin,dev,proc,sys,root,modules,payload}
  cp "$(command -v busybox)" "$stage/bin/busybox"
  while IFS= read -r file; do
    cp "$file" "$stage/modules/" && printf '%s\n' "${file##*/}" >>"$stage/modules/order"
  done <"$kernel/first-modules"
  cp -a "$payload/." "$stage/payload/"
  mkdir -p "$stage/payload/usr/lib/modules"
  cp -a "$kernel/lib/modules/$release" "$stage/payload/usr/lib/modules/"
  cp "$guest/init" "$stage/init"
  chmod 755 "$stage/init" "$stage"
  chown -R 0:0 "$stage"
  (cd "$stage" && find . | cpio -o -H newc --quiet) >"$out"
  rm -rf "$stage"
}

# boot KERNEL ROOT-IMAGE INITRD RUN-FOLDER SECONDS WORDS [ARGUMENT...]: the arguments are more of QEMU's. WORDS go to the kernel's command line; $guest_drive, where it is set, is the disk in place of the image; the console goes to console.log, the results to results, the journal to journal.log. What is written to the disk is thrown away, unless $snapshot is off.
boot() {
  local kernel=$1 root=$2 initrd=$3 logs=$4 limit=$5 words=$6
  shift 6
  # Software emulation on purpose: a nested machine's KVM may be there and hang. The guest's clock counts its instructions (4 ns each) and stands while this
  # machine does other things, so that no time-out in the guest runs out because of the load here.
  timeout -k 10 "$limit" qemu-system-x86_64 -M q35 -accel tcg -icount shift=2,sleep=on -cpu max -smp 1 -m 768 -nodefaults -nographic -no-reboot \
    -kernel "$kernel" -initrd "$initrd" -append "console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off audit=0 apparmor=0 systemd.show_status=error $words" \
    -drive "${guest_drive:-file=$root,format=raw,if=virtio,snapshot=${snapshot:-on}}" -device virtio-rng-pci \
    -serial "file:$logs/console.log" -device virtio-serial-pci \
    -chardev "file,id=results,path=$logs/results" -device virtserialport,chardev=results,name=results \
    -chardev "file,id=journal,path=$logs/journal.log" -device virtserialport,chardev=journal,name=journal "$@" </dev/null
}
