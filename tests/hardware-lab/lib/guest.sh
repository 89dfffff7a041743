# shellcheck shell=bash
# Boots the guest. What is under test travels in the initrd, so that nothing cached is ever written to.

# make_initrd KERNEL-CACHE RELEASE PAYLOAD OUT: a first program that loads what the disk needs, copies the payload over the root, and hands over.
make_initrd() {
  local kernel=$1 release=$2 payload=$3 out=$4 stage file
  stage=$(mktemp -d)
  mkdir -p "$stage"/{bin,dev,proc,sys,root,modules,payload/lib-modules}
  cp "$(command -v busybox)" "$stage/bin/busybox"
  while IFS= read -r file; do
    cp "$file" "$stage/modules/" && printf '%s\n' "${file##*/}" >>"$stage/modules/order"
  done <"$kernel/first-modules"
  cp -a "$payload/." "$stage/payload/"
  mkdir -p "$stage/payload/usr/lib/modules"
  cp -a "$kernel/lib/modules/$release" "$stage/payload/usr/lib/modules/"
  rmdir "$stage/payload/lib-modules"
  cp "$here/guest/init" "$stage/init"
  chmod 755 "$stage/init" "$stage"
  chown -R 0:0 "$stage"
  (cd "$stage" && find . | cpio -o -H newc --quiet) >"$out"
  rm -rf "$stage"
}

# boot KERNEL ROOT-IMAGE INITRD RUN-FOLDER SECONDS: the console goes to console.log, the results to results, the journal to journal.log.
boot() {
  # Software emulation on purpose: a nested machine's KVM may be there and hang.
  timeout -k 10 "$5" qemu-system-x86_64 -M q35 -accel tcg,thread=multi -cpu max -smp 2 -m 768 -nodefaults -nographic -no-reboot \
    -kernel "$1" -initrd "$3" -append "console=ttyS0 quiet panic=-1 tsc=unstable mitigations=off systemd.show_status=error ${boot_words:-}" \
    -drive "file=$2,format=raw,if=virtio,snapshot=on" -device virtio-rng-pci \
    -serial "file:$4/console.log" -device virtio-serial-pci \
    -chardev "file,id=results,path=$4/results" -device virtserialport,chardev=results,name=results \
    -chardev "file,id=journal,path=$4/journal.log" -device virtserialport,chardev=journal,name=journal </dev/null
}
