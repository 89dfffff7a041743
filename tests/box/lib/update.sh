# shellcheck shell=bash disable=SC2034,SC2154  # What run.sh brings, and what is read in lib/debian.sh.
# Updates on a Debian with the package: a good one, bad ones that go back, and the guest's power cut at random moments. Needs all that run.sh brings.

part_update() {
  local suite=${suites%%,*} packages=$work/update-packages
  need_commands openssl=openssl qemu-img=qemu-utils resize2fs=e2fsprogs
  update_packages "$packages" "$version"
  update_guest "$suite" "$packages" "$version"
  boot_and_report update "$limit"
  cuts=${power_cuts:-20}
  run_cuts
}

# update_packages FOLDER VERSION: the old version, a new one, and three that are bad each in a way of its own; signed by a key that is made here.
update_packages() {
  local packages=$1 version=$2
  rm -rf "$packages" && mkdir -p "$packages"
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  repack "$packages" "$version" "$version~before" ''
  # shellcheck disable=SC2016  # For the scripts.
  {
    repack "$packages" "$version" "$version+crash" 'case "$1" in run) exit 3 ;; esac'
    repack "$packages" "$version" "$version+hang" 'case "$1" in run) exec sleep 100000 ;; esac'
    repack "$packages" "$version" "$version+astray" 'export EDGE_STACKS_0_BEACON_NODE=http://127.0.0.1:9'
  }
  openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$packages/key" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$packages/key"
  openssl pkey -in "$packages/key" -pubout -out "$packages/key.pem"
  firmware-scripts/sign.sh --key "$packages/key" "$packages"/*.deb
  rm "$packages/key"
}

# repack FOLDER VERSION OTHER-VERSION SCRIPT: what is called is the script, where there is one, and then the binary.
repack() {
  local tree
  tree=$(mktemp -d)
  dpkg-deb -R "$1/dvstakers-edge_$2_amd64.deb" "$tree"
  if [ -n "$4" ]; then
    mkdir -p "$tree/usr/lib/dvstakers-edge"
    mv "$tree/usr/bin/dvstakers-edge" "$tree/usr/lib/dvstakers-edge/dvstakers-edge"
    printf '#!/bin/sh\n%s\nexec /usr/lib/dvstakers-edge/dvstakers-edge "$@"\n' "$4" >"$tree/usr/bin/dvstakers-edge"
    chmod 755 "$tree/usr/bin/dvstakers-edge"
  fi
  sed -i "s/^Version: .*/Version: $3/" "$tree/DEBIAN/control"
  (cd "$tree" && find usr etc -type f -print0 | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$1/dvstakers-edge_$3_amd64.deb" >/dev/null
  rm -rf "$tree"
}

# update_guest SUITE PACKAGES VERSION: sets $vmlinuz, $disk and $disk_initrd.
update_guest() {
  local root kernel release payload=$work/payload-update
  clean_debian "$1"
  vmlinuz=$kernel/vmlinuz disk_initrd=$work/initrd-update
  stage_scenarios "$payload" "$1" "$3"
  cp -r "$2" "$payload/lab/"
  make_initrd "$kernel" "$release" "$payload" "$disk_initrd"
  own_disk update
}

# Each guest looks at what the cut before it left, begins the next update, says so, and is killed at a random moment after that. The first is let come to the
# update's end, which tells how long one takes here, its judging included; the last only looks.
run_cuts() {
  local out pid begun length=0 at i passed=0 failed=0 recovered=0 went_on=0
  RANDOM=20260601
  for ((i = 0; i <= cuts + 1; i++)); do
    out=$logs/power-cut-$i
    on_disk "$out" "$limit" power-cut >"$work/power-cut.qemu.log" 2>&1 &
    pid=$!
    until_said "$out" '^(UPDATING|END|DONE)' "$pid"
    begun=$(milliseconds)
    if [ "$i" -eq 0 ]; then
      until_said "$out" '^(END|DONE)' "$pid"
      length=$(($(milliseconds) - begun))
      say "an update takes $length ms"
    elif [ "$i" -le "$cuts" ]; then
      at=$((length * RANDOM / 32768))
      pause_for "$((at / 1000)).$(printf %03d $((at % 1000)))"
      say "power cut $i of $cuts, after $at ms"
    fi
    kill_guest "$pid"
    # After cut I-1: all that it looks at is in order, and so it has begun the next.
    grep '^FAIL' "$out/results" >&2 || true
    if grep -q '^UPDATING' "$out/results" && ! grep -q '^FAIL' "$out/results"; then
      passed=$((passed + 1))
      [ "$i" -le 1 ] || recovered=$((recovered + 1))
    else
      say "  FAIL the guest after cut $((i - 1)): see $out"
      failed=$((failed + 1))
    fi
    if grep -q '^WENT-ON' "$out/results"; then went_on=$((went_on + 1)); fi
  done
  printf 'RESULT power-cuts passed=%s failed=%s power_cuts=%s recovered=%s in_the_middle=%s seconds=%s\n' "$passed" "$failed" "$cuts" "$recovered" "$went_on" $((SECONDS - began))
}

# until_said LOGS REGEX PID: a line of the results; or the guest has ended.
until_said() { until grep -qE "$2" "$1/results" 2>/dev/null || ! kill -0 "$3" 2>/dev/null; do pause_for 0.1; done; }

milliseconds() { date +%s%3N; }

# kill_guest PID: QEMU itself, below the time limit that started it. Its end is waited for: until then it holds the disk.
kill_guest() {
  local limiter
  limiter=$(pgrep -P "$1" timeout || true)
  if [ -n "$limiter" ]; then pkill -KILL -P "$limiter" 2>/dev/null || true; else kill -KILL "$1" 2>/dev/null || true; fi
  wait "$1" 2>/dev/null || true
}

pause_for() { read -r -t "$1" <> <(:) || true; }
