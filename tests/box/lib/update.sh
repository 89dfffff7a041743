# shellcheck shell=bash disable=SC2154
# Updates on a Debian with the package: a good one, bad ones that go back, and the guest's power cut at random moments. Needs all that run.sh brings.

part_update() {
  local suite=${suites%%,*} packages=$work/update-packages version
  version=$(sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' Directory.Build.props)
  need_commands openssl=openssl qemu-img=qemu-utils
  update_packages "$packages" "$version"
  update_guest "$suite" "$packages" "$version"
  run_update "update" "$limit"
  cuts=${power_cuts:-20}
  run_cuts
}

# update_packages FOLDER VERSION: the old version, a new one, and three that are bad each in a way of its own; signed by a key that is made here.
update_packages() {
  local packages=$1 version=$2
  rm -rf "$packages" && mkdir -p "$packages"
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version~before" --output "$packages" >/dev/null
  # shellcheck disable=SC2016  # For the scripts.
  {
    bad_package "$packages" "$version" crash 'case "$1" in run) exit 3 ;; esac'
    bad_package "$packages" "$version" hang 'case "$1" in run) exec sleep 100000 ;; esac'
    bad_package "$packages" "$version" astray 'export EDGE_STACKS_0_BEACON_NODE=http://127.0.0.1:9'
  }
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$packages/key" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$packages/key"
  openssl pkey -in "$packages/key" -pubout -out "$packages/key.pem"
  firmware-scripts/sign.sh --key "$packages/key" "$packages"/*.deb
  rm "$packages/key"
}

# bad_package FOLDER VERSION NAME SCRIPT: as VERSION, but what is called is the script and then the binary.
bad_package() {
  local tree
  tree=$(mktemp -d)
  dpkg-deb -R "$1/dvstakers-edge_$2_amd64.deb" "$tree"
  mkdir -p "$tree/usr/lib/dvstakers-edge"
  mv "$tree/usr/bin/dvstakers-edge" "$tree/usr/lib/dvstakers-edge/dvstakers-edge"
  printf '#!/bin/sh\n%s\nexec /usr/lib/dvstakers-edge/dvstakers-edge "$@"\n' "$4" >"$tree/usr/bin/dvstakers-edge"
  chmod 755 "$tree/usr/bin/dvstakers-edge"
  sed -i "s/^Version: .*/Version: $2+$3/" "$tree/DEBIAN/control"
  (cd "$tree" && find usr etc -type f -print0 | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$1/dvstakers-edge_$2+$3_amd64.deb" >/dev/null
  rm -rf "$tree"
}

# update_guest SUITE PACKAGES VERSION: sets $vmlinuz, $disk and $update_initrd. The disk outlives a guest, and its power cut.
update_guest() {
  local root kernel release payload=$work/payload-update
  clean_debian "$1"
  vmlinuz=$kernel/vmlinuz disk=$work/update.qcow2 update_initrd=$work/initrd-update
  stage_scenarios "$payload" "$1" "$3"
  cp -r "$2" "$payload/lab/"
  make_initrd "$kernel" "$release" "$payload" "$update_initrd"
  rm -f "$disk"
  qemu-img create -q -f qcow2 -F raw -b "$root/root.ext4" "$disk"
}

# on_disk LOGS SECONDS SCENARIO: boots the guest on its own disk.
on_disk() {
  mkdir -p "$1"
  rm -f "$1"/{console.log,results,journal.log}
  : >"$1/results"
  # What the guest flushed is in the file; what it did not is gone with its process, as with a power cut.
  guest_drive="file=$disk,format=qcow2,if=virtio,cache=writeback" boot "$vmlinuz" '' "$update_initrd" "$1" "$2" "lab.only=$3 lab.seconds=$2"
}

# run_update SCENARIO SECONDS
run_update() {
  local status=0 out=$logs/$1
  with_progress "the guest: $1" "$work/$1.qemu.log" on_disk "$out" "$2" "$1" || status=$?
  report "$1" "$out" "$status" $((SECONDS - began)) || true
}

# Each guest looks at what the cut before it left, begins the next update, says so, and is killed at a random moment after that. The last one only looks.
run_cuts() {
  local at out recovered=0 went_on=0 pid after i
  RANDOM=20260601
  for ((i = 0; i <= cuts; i++)); do
    out=$logs/power-cut-$i
    say "power cut $i of $cuts"
    on_disk "$out" "$limit" power-cut >"$work/power-cut.qemu.log" 2>&1 &
    pid=$!
    until grep -qE '^(UPDATING|END|DONE)' "$out/results" 2>/dev/null || ! kill -0 "$pid" 2>/dev/null; do pause_for 0.2; done
    if grep -q '^UPDATING' "$out/results" && [ "$i" -lt "$cuts" ]; then
      # Of the time that an update takes in the guest on this machine, the judging included.
      at=$((RANDOM % update_milliseconds))
      after=$(printf '%d.%03d' $((at / 1000)) $((at % 1000)))
      pause_for "$after"
    fi
    kill_guest "$pid"
    if [ "$i" -gt 0 ] && grep -q '^PASS power-cut: one whole version' "$out/results"; then recovered=$((recovered + 1)); fi
    if grep -q '^WENT-ON' "$out/results"; then went_on=$((went_on + 1)); fi
    grep '^FAIL' "$out/results" >&2 || true
    # The first guest of all begins no update that it looks at.
    update_milliseconds=$(sed -n 's/^TOOK \([0-9]*\)$/\1/p' "$out/results" | tail -n 1 | grep . || echo "${update_milliseconds:-40000}")
  done
  printf 'RESULT power-cuts passed=%s failed=%s power_cuts=%s recovered=%s in_the_middle=%s\n' "$recovered" $((cuts - recovered)) "$cuts" "$recovered" "$went_on"
}

# kill_guest PID: QEMU itself, below the time limit that started it.
kill_guest() {
  pkill -KILL -P "$(pgrep -P "$1" timeout || echo "$1")" 2>/dev/null || true
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

pause_for() { read -r -t "$1" <> <(:) || true; }
