#!/usr/bin/env bash
# Builds and tests everything. The last line is "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
# shellcheck source=lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source=lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source=lib/test-results.sh
. firmware-scripts/lib/test-results.sh
# shellcheck source=lib/build-native.sh
. firmware-scripts/lib/build-native.sh

usage() {
  cat <<'EOF'
Usage: firmware-scripts/test.sh [--fast] [--image]

Scripts, unit and property tests, a short fuzz, the native build, functional tests on the native binary, the Debian package, a cluster made as docs/cluster.md has it,
the fault matrix, seven faults of the devnet with the agent in front of the validator, the hardware lab, the image for a PC, booted until it serves, and the arm64
binary. Half an hour and more.

  --fast    without the clean Debians, the fault matrix, the devnet, the hardware lab, the image and arm64
  --image   the image also with its scenarios told, untold, mistold and member: about twenty minutes more
EOF
}

fast=no image=no
fuzz_inputs=400000
while [ $# -gt 0 ]; do
  case "$1" in
    --fast) fast=yes && shift ;;
    --image) image=yes && shift ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done

begin_results "$PWD/artifacts/test"

tools() {
  # The broker is in sbin, which is not on every user's path.
  need_commands shellcheck=shellcheck mosquitto=mosquitto mosquitto_sub=mosquitto-clients node=nodejs jq=jq openssl=openssl sudo=sudo
  PATH="$PATH:/usr/sbin:/sbin" ldconfig -p | grep -q 'libmosquitto\.so\.1' || install_packages libmosquitto1
  # Its daemons are started by the tests, on loopback, with a UPS that is a file.
  if [ ! -x /lib/nut/upsd ] || [ ! -x /lib/nut/dummy-ups ]; then install_packages nut-server; fi
}

scripts() {
  local script
  while IFS= read -r script; do
    if shellcheck -x -P SCRIPTDIR "$script"; then record passed 1 "shellcheck $script"; else record failed 1 "shellcheck $script"; fi
  done < <(find .ci firmware-scripts systemd tests \( -name node_modules -o -name bin -o -name obj \) -prune -o -type f \( -name '*.sh' -o -path '.ci/*' -o -path '*/deb/p*' -o -name '*.generator' -o -name '*.shutdown' \) -print | sort)
}

devnet_count() { node_tests tests/devnet; }

cluster_count() { node_tests tests/cluster; }

unit_tests() {
  # What a failed build leaves standing must not be what is tested.
  rm -f tests/*/bin/Release/net10.0/DVStakers.Edge.*Tests.dll
  step_counts build dotnet build DVStakers.Edge.sln -c Release --disable-build-servers -m:1
  [ "$status" = 0 ] || return 0
  xunit DVStakers.Edge.Tests
}

# As many inputs as take some twenty seconds; always the same ones. Each target must say that it had its share, and the oracles that nothing was amiss.
fuzz() {
  local line target
  step "fuzz" tests/fuzz/run.sh --inputs "$fuzz_inputs" --seed 1
  for target in decoder gateway; do
    line=$(grep -a "^RESULT fuzz target=$target " "$log" | tail -n 1 || true)
    if [[ $line =~ inputs=[1-9][0-9]*\ .*\ upstream=[0-9]+\ failures=0$ ]]; then
      record passed 1 "${line#RESULT }"
    else
      record failed 1 "fuzz target=$target: exit code $status, ${line:-no result}"
    fi
  done
  if [ "$status" != 0 ]; then record failed 1 "fuzz: exit code $status"; fi
}

native_build() { step_counts "native build" firmware-scripts/build.sh; }

# binary: the path of the native binary; without one the part that asks for it fails.
binary() {
  [ -s "$logs/native-build.log" ] || fail "there is no native binary to test"
  local path
  path=$(tail -n 1 "$logs/native-build.log")
  [ -x "$path" ] || fail "the native build left no binary"
  printf '%s\n' "$path"
}

functional_tests() {
  EDGE_BINARY=$(binary)
  export EDGE_BINARY
  xunit DVStakers.Edge.FunctionalTests
}

fault_matrix() {
  local line path
  path=$(binary)
  step "fault matrix" tests/faults/run.sh --agent "$path" --check --logs "$logs/faults"
  line=$(grep '^RESULT cells=' "$log" | tail -n 1 || true)
  if [ "$status" = 0 ] && [[ $line =~ cells=[1-9].*wrong=0$ ]]; then
    record passed 1 "fault matrix ${line#RESULT }"
  else
    record failed 1 "fault matrix: exit code $status, ${line:-no result}"
  fi
}

# The unit with the path of the binary that was built: the installed one need not be there.
unit_file() {
  local copy=$logs/dvstakers-edge.service
  if ! command -v systemd-analyze >/dev/null; then
    record skipped 1 "systemd unit: there is no systemd-analyze here"
    return
  fi
  sed "s|/usr/bin/dvstakers-edge|$(binary)|" systemd/dvstakers-edge.service >"$copy"
  step_counts "systemd-analyze verify" systemd-analyze --man=no verify "$copy"
  # In tenths: 1.5.
  step_counts "systemd-analyze security at most 1.5" systemd-analyze security --offline=true --threshold=15 systemd/dvstakers-edge.service
}

# The package, and once more from a copy of these sources in another folder: the same, byte for byte.
debian_package() {
  local first second copy=$logs/copy command page
  need_commands lintian=lintian dpkg-deb=dpkg
  step_counts "build-deb" firmware-scripts/build-deb.sh --agent "$(binary)" --output "$logs/deb"
  [ "$status" = 0 ] || return 0
  first=$(tail -n 1 "$log")
  step_counts "lintian" lintian --allow-root --fail-on error,warning,info "$first"
  mkdir -p "$copy"
  git ls-files -z | tar -c --null -T - | tar -x -C "$copy"
  step "build-deb elsewhere" env SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)" TZ=Pacific/Chatham "$copy/firmware-scripts/build-deb.sh" --agent "$(binary)" --output "$copy/deb"
  second=$(tail -n 1 "$log")
  step_counts "the same package from another folder" cmp "$first" "$second"
  # The manual page knows of every command that the binary has.
  page=$(dpkg-deb --fsys-tarfile "$first" | tar -xO ./usr/share/man/man8/dvstakers-edge.8.gz | zcat | tr -d '\134')
  while read -r command _; do
    if grep -qw -- "$command" <<<"$page"; then record passed 1 "the manual page has $command"; else record failed 1 "the manual page has nothing on $command"; fi
  done < <("$(binary)" --help | sed -n '/^Commands:/,$ { /^  [a-z]/p }')
}

# Installed, upgraded, downgraded and purged on a clean Debian 12 and 13, and some restarts, on this machine's kernel.
clean_debians() {
  if [ "$(id -u)" -ne 0 ] || [ "$(uname -m)" != x86_64 ] || [ -z "$(findmnt -n -t cgroup2)" ]; then
    record skipped 1 "package on clean Debians: it needs root, x86-64 and a mounted cgroup2"
    return
  fi
  step "package on clean Debians" tests/box/run.sh --agent "$(binary)" --only package,restarts --container --restarts 50 --logs "$logs/box"
  lab_counts box "the clean Debians"
}

# By Compose itself, which no engine is needed for.
compose_file() {
  local compose=(docker compose)
  docker compose version >/dev/null 2>&1 || compose=(docker-compose)
  if ! command -v "${compose[0]}" >/dev/null; then
    record skipped 1 "docker/compose.yaml: there is no docker compose and no docker-compose here"
    return
  fi
  step_counts "docker compose config" env DVSTAKERS_BOX=cloud DVSTAKERS_NETWORK=validators "${compose[@]}" -f docker/compose.yaml config
}

devnet() {
  local fault line path faults=(el-kill el-stop bn-kill bn-slow-3s attestation-kill bn-stop peer-left)
  path=$(binary)
  # An agent whose primary fails again and again waits ever longer before it goes back, and so does the next fault.
  step "devnet with the agent" env EDGE_RANKING_RECOVERY_SLOTS=1 tests/devnet/run.sh --agent "$path" --seconds 38 --fault "$(IFS=, && echo "${faults[*]}")"
  for fault in "${faults[@]}"; do
    line=$(grep "^RESULT fault=$fault via=agent " "$log" | tail -n 1 || true)
    if every_duty_right "$line"; then record passed 1 "devnet $line"; else record failed 1 "devnet fault=$fault ${line:-gave no result}"; fi
  done
  line=$(grep '^RESULT ledger ' "$log" | tail -n 1 || true)
  if every_account_agrees "$line"; then record passed 1 "devnet $line"; else record failed 1 "devnet: the agent's ledger, ${line:-gave no result}"; fi
  if [ "$status" != 0 ]; then record failed 1 "devnet: exit code $status"; fi
}

# every_account_agrees RESULT-LINE: the ledger had duties of every kind, and the observer says the same of each.
every_account_agrees() {
  [[ $1 =~ duties=([1-9][0-9]*)\ agree=([0-9]+)\ proposals=([1-9][0-9]*)\ agree=([0-9]+)\ sync=([1-9][0-9]*)\ agree=([0-9]+) ]] &&
    [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] && [ "${BASH_REMATCH[3]}" = "${BASH_REMATCH[4]}" ] && [ "${BASH_REMATCH[5]}" = "${BASH_REMATCH[6]}" ]
}

# every_duty_right RESULT-LINE: there were duties, and each was included with the right head.
every_duty_right() {
  [[ $1 =~ duties=([0-9]+)\ included=([0-9]+)\ right_head=([0-9]+) ]] &&
    [ "${BASH_REMATCH[1]}" -gt 0 ] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[3]}" ]
}

cluster_lab() {
  if [ "$(id -u)" -ne 0 ]; then
    record skipped 1 "cluster lab: it needs root, for network namespaces"
    return
  fi
  step_counts "cluster lab" tests/cluster/run.sh --agent "$(binary)" --fault site-dark,forge
}

hardware_lab() {
  local line_skipped
  if [ "$(id -u)" -ne 0 ]; then
    record skipped 1 "hardware lab: it needs root, to install a Debian into a folder"
    return
  fi
  if [ "$(uname -m)" != x86_64 ] || [ -z "$(apt-cache depends linux-image-amd64 2>/dev/null)" ]; then
    record skipped 1 "hardware lab: it needs an x86-64 Debian, whose kernel it boots"
    return
  fi
  # A third of it; the rest by hand: `tests/hardware-lab/run.sh`.
  step "hardware lab" tests/hardware-lab/run.sh --agent "$(binary)" --logs "$logs/hardware-lab" --at-once 1 --only boot,agent,gpio,i2c,leds,supplies,permissions,button,panel
  lab_counts hardware-lab "the hardware lab"
  while IFS= read -r line_skipped; do record skipped 1 "hardware lab:${line_skipped#*SKIP}"; done < <(grep '^  SKIP ' "$log" || true)
}

# First boot and flash.sh by themselves; then the image with the package in it, booted with a good box.yaml until it serves, and more where it was asked for.
box_image() {
  local package disk_image scenarios=serves
  if [ "$(id -u)" -ne 0 ]; then
    record skipped 1 "image: it needs root, to install a Debian into a folder"
    return
  fi
  step_counts "first boot's steps" tests/box/first-boot.sh
  step_counts "flash.sh" tests/box/flash.sh
  if [ "$image" = yes ]; then scenarios=told,untold,mistold,member; fi
  if [ "$(uname -m)" != x86_64 ] || [ -z "$(apt-cache depends linux-image-amd64 2>/dev/null)" ]; then
    record skipped 1 "image: it needs an x86-64 Debian, to make one"
    return
  fi
  package=$(firmware-scripts/build-deb.sh --agent "$(binary)" --output "$logs/deb" | tail -n 1)
  step_counts "build-image" firmware-scripts/build-image.sh --board pc-x64 --deb "$package" --output "$logs/pc-x64.img"
  [ "$status" = 0 ] || return 0
  disk_image=$(tail -n 1 "$log")
  step "the image in a machine" tests/box/image.sh --image "$disk_image" --only "$scenarios" --logs "$logs/image"
  rm -f "$disk_image"
  lab_counts box-image "the image"
}

# A minute of the cloud member in its root folder, under the limits of its compose file.
cloud_member() {
  if [ "$(id -u)" -ne 0 ] || [ ! -e /sys/fs/cgroup/memory/memory.limit_in_bytes ]; then
    record skipped 1 "cloud member: it needs root, and a memory cgroup of version 1"
    return
  fi
  step_counts "cloud member" tests/cluster/cloud-memory.sh --agent "$(binary)" --seconds 60
}

stranger() {
  local line
  if [ "$(id -u)" -ne 0 ]; then
    record skipped 1 "three boxes from the page: it needs root, for namespaces"
    return
  fi
  step "three boxes from the page" tests/cluster/stranger.sh --agent "$(binary)"
  line=$(grep '^RESULT stranger ' "$log" | tail -n 1 || true)
  if [ "$status" = 0 ] && [[ $line =~ boxes=3\ commands=[1-9] ]]; then
    record passed 1 "three boxes from the page ${line#RESULT }"
  else
    record failed 1 "three boxes from the page: exit code $status, ${line:-no result}"
  fi
}

arm64() {
  local path qemu=()
  step "arm64 build" firmware-scripts/build.sh --rid linux-arm64
  if [ "$status" != 0 ] && lacks_packs linux-arm64 "$log"; then
    record skipped 1 "arm64: the package feed has no native packs for linux-arm64"
    return
  fi
  if [ "$status" != 0 ]; then
    record failed 1 "arm64 build (exit code $status)"
    return
  fi
  record passed 1 "arm64 build"
  path=$(tail -n 1 "$log")
  step_counts "arm64 package" firmware-scripts/build-deb.sh --rid linux-arm64 --agent "$path" --output "$logs/deb"
  if crosses linux-arm64; then
    need_commands qemu-aarch64-static=qemu-user-static
    qemu=(qemu-aarch64-static -L /usr/aarch64-linux-gnu)
  fi
  cat >"$logs/edge.yaml" <<'EOF'
stacks:
  - name: primary
    beacon-node: http://127.0.0.1:5052
    execution-client: http://127.0.0.1:8545
EOF
  printf 'stakcs: []\n' >"$logs/wrong.yaml"
  step_counts "arm64 version" says "$(sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' Directory.Build.props)" 0 "${qemu[@]}" "$path" version
  step_counts "arm64 check-config" says primary 0 "${qemu[@]}" "$path" check-config --config "$logs/edge.yaml"
  step_counts "arm64 check-config of a misspelt key" says stacks 78 "${qemu[@]}" "$path" check-config --config "$logs/wrong.yaml"
}

# What makes machines and builds, one after the other.
emulated() {
  part "Hardware lab: a real kernel, simulated hardware" hardware_lab
  part "Image: made, flashed, booted" box_image
  part "arm64" arm64
}

# says WORD CODE COMMAND...: the command ends with that exit code and its output has that word.
says() {
  local word=$1 wanted=$2 code=0 text
  shift 2
  text=$("$@" 2>&1) || code=$?
  printf '%s\n' "$text"
  [ "$code" -eq "$wanted" ] || { printf 'exit code %s, not %s\n' "$code" "$wanted"; return 1; }
  [[ $text == *"$word"* ]] || { printf 'no word of "%s"\n' "$word"; return 1; }
}

part "Tools" tools
part "Scripts" scripts
part "The devnet's own count and comparison" devnet_count
part "The cluster lab's paths, lies and count" cluster_count
part "Unit and property tests" unit_tests
part "Fuzz: the decoder and the peer gateway" fuzz
part "Native build" native_build
part "Unit file" unit_file
part "Debian package" debian_package
if [ "$fast" = no ]; then beside "Hardware lab, image, arm64" emulated; fi
part "Functional tests on the native binary" functional_tests
part "Compose file" compose_file
part "Three boxes as docs/cluster.md makes them" stranger
if [ "$fast" = no ]; then
  part "Package on clean Debians" clean_debians
  part "Fault matrix on fakes of six clients" fault_matrix
  part "Devnet: real Ethereum clients" devnet
  part "Cluster lab: four boxes, two faults" cluster_lab
  part "Cloud member in 2 GB" cloud_member
  join_parts
fi

passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
say ""
if [ "$failed" -gt 0 ]; then awk -F'\t' '$1 == "failed" && $2 > 0 { print "FAILED " $3 }' "$logs/results" >&2; fi
if [ "$skipped" -gt 0 ]; then awk -F'\t' '$1 == "skipped" { print "skipped " $3 }' "$logs/results" >&2; fi
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
