# shellcheck shell=bash disable=SC2154
# Boots the guest. Needs $here, the lab's folder. What is under test travels in the initrd, so that nothing cached is ever written to.

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
  cp "$here/guest/init" "$stage/init"
  chmod 755 "$stage/init" "$stage"
  chown -R 0:0 "$stage"
  (cd "$stage" && find . | cpio -o -H newc --quiet) >"$out"
  rm -rf "$stage"
}

# boot KERNEL ROOT-IMAGE INITRD RUN-FOLDER SECONDS WORDS: WORDS go to the kernel's command line; the console goes to console.log, the results to results, the journal to journal.log.
boot() {
  # Software emulation on purpose: a nested machine's KVM may be there and hang. The guest's clock counts its instructions (4 ns each) and stands while this
  # machine does other things, so that no time-out in the guest runs out because of the load here.
  timeout -k 10 "$5" qemu-system-x86_64 -M q35 -accel tcg -icount shift=2,sleep=on -cpu max -smp 1 -m 768 -nodefaults -nographic -no-reboot \
    -kernel "$1" -initrd "$3" -append "console=ttyS0 quiet panic=-1 tsc=reliable mitigations=off audit=0 apparmor=0 systemd.show_status=error $6" \
    -drive "file=$2,format=raw,if=virtio,snapshot=on" -device virtio-rng-pci \
    -serial "file:$4/console.log" -device virtio-serial-pci \
    -chardev "file,id=results,path=$4/results" -device virtserialport,chardev=results,name=results \
    -chardev "file,id=journal,path=$4/journal.log" -device virtserialport,chardev=journal,name=journal </dev/null
}

# stage_payload FOLDER AGENT PROBE: what is under test, and the lab's own, as it lies in the guest.
stage_payload() {
  local to=$1 unit
  rm -rf "$to"
  mkdir -p "$to"/{lab/bin,usr/bin,etc/dvstakers-edge,etc/systemd/system/multi-user.target.wants}
  cp "$2" "$to/usr/bin/dvstakers-edge"
  cp "$3" "$to/lab/bin/probe"
  cp -r "$here"/guest/{run,simulate.sh,lib.sh} "$here/scenarios" systemd "$to/lab/"
  cp "$here/guest/edge.yaml" "$to/etc/dvstakers-edge/"
  cp "$here/guest/edge.yaml" "$to/lab/"
  cp "$here"/guest/units/*.service "$to/etc/systemd/system/"
  # The files that the package installs, where it installs them.
  stage_system "$to"
  for unit in /usr/lib/systemd/system/dvstakers-edge /etc/systemd/system/lab /etc/systemd/system/lab-hardware; do
    ln -s "$unit.service" "$to/etc/systemd/system/multi-user.target.wants/"
  done
}
