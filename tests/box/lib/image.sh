# shellcheck shell=bash disable=SC2154
# The image, with the package of the agent under test in it. Needs all that run.sh brings.

part_image() {
  local package disk_image options=()
  "$here/first-boot.sh"
  "$here/flash.sh"
  package=$(firmware-scripts/build-deb.sh --agent "$agent" --output "$work/image-package" | tail -n 1)
  disk_image=$(firmware-scripts/build-image.sh --board pc-x64 --deb "$package" --output "$work/pc-x64.img" | tail -n 1)
  if [ -n "$power_cuts" ]; then options=(--power-cuts "$power_cuts"); fi
  "$here/image.sh" --image "$disk_image" --logs "$logs/image" "${options[@]}"
}

# Without the agent; and with it, where one can be built for that processor here.
part_arm64() {
  local image log=$work/arm64-build.log
  image=$(firmware-scripts/build-image.sh --board rock-5b --without-agent --output "$work/rock-5b.img" | tail -n 1)
  "$here/image.sh" --image "$image" --only arm64 --logs "$logs/arm64"
  if firmware-scripts/build.sh --rid linux-arm64 >"$log" 2>&1; then
    image=$(firmware-scripts/build-image.sh --board rock-5b --output "$work/rock-5b-agent.img" | tail -n 1)
    "$here/image.sh" --image "$image" --board rock-5b --logs "$logs/arm64-agent"
  else
    lacks_packs linux-arm64 "$log" || fail "the arm64 agent could not be built: $(tail -n 3 "$log")"
    say "  SKIP the image with the arm64 agent: the package feed has no native packs for linux-arm64"
  fi
}
