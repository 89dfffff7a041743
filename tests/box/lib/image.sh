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

part_arm64() { "$here/image.sh" --only arm64 --logs "$logs/arm64"; }
