# shellcheck shell=bash disable=SC2154
# The package on a clean Debian: installed, upgraded, downgraded, purged. Needs all that run.sh brings.

part_package() {
  local suite packages=$work/packages
  mkdir -p "$packages"
  rm -f "$packages"/*.deb
  # The same binary: what dpkg does with two versions is what is looked at.
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version~before" --output "$packages" >/dev/null
  for suite in ${suites//,/ }; do on_suite "$suite" "$packages" "$version"; done
}

# on_suite SUITE PACKAGES VERSION
on_suite() {
  local root kernel release run status=0 out=$logs/package-$1 payload=$work/payload-$1
  stage_scenarios "$payload" "$1" "$3"
  cp "$2"/*.deb "$payload/lab/"
  mkdir -p "$out"
  rm -f "$out"/{console.log,results,journal.log}
  : >"$out/results"
  if [ "$in_container" = yes ]; then
    clean_debian "$1" container
    run=(timeout -k 10 "$limit" "$here/container" "$root/root.ext4" "$payload" "$out")
  else
    clean_debian "$1"
    make_initrd "$kernel" "$release" "$payload" "$work/initrd-$1"
    run=(boot "$kernel/vmlinuz" "$root/root.ext4" "$work/initrd-$1" "$out" "$limit")
  fi
  with_progress "$1 with the package" "$out/qemu.log" "${run[@]}" "lab.only=package,broker lab.seconds=2400" || status=$?
  report "package-$1" "$out" "$status" $((SECONDS - began)) || true
}
