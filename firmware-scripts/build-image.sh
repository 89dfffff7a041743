#!/usr/bin/env bash
# Makes an image to be written to a box's disk. Progress goes to standard error; the last line of standard output is the image's path.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source=lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source=lib/image-builder.sh
. firmware-scripts/lib/image-builder.sh
# shellcheck source=lib/image-root.sh
. firmware-scripts/lib/image-root.sh

usage() {
  cat <<'TEXT'
Usage: firmware-scripts/build-image.sh --board rock-5b|pc-x64 [--deb FILE | --without-agent] [--loader FILE] [--mirror URL] [--output FILE] [--fresh]

  --board BOARD     pc-x64: a NUC or any other PC with UEFI; rock-5b: Radxa's Rock 5B
  --deb FILE        the agent's package (default: firmware-scripts/build-deb.sh makes it)
  --without-agent   Debian and first boot alone, to try a board; box.yaml is then not read
  --loader FILE     rock-5b: U-Boot for a disk that starts the board by itself (u-boot-rockchip.bin); Debian has none. Without one
                    the board needs UEFI or U-Boot in its SPI flash
  --mirror URL      where the box takes its updates (default: Debian's own)
  --output FILE     where the image goes (default: artifacts/image/BOARD.img)
  --fresh           Debian's packages of today, not those of the last time

It needs root and Debian, installs Debian trixie into folders in ~/.cache/dvstakers-edge/image, and mounts no disk.
The same sources and the same packages give the same image, byte for byte; IMAGE.packages lists these packages.
TEXT
}

board='' deb='' agent=yes loader='' mirror=http://deb.debian.org/debian output='' fresh=no
while [ $# -gt 0 ]; do
  case "$1" in
    --board) board=${2:?--board needs a value} && shift 2 ;;
    --deb) deb=$(realpath "${2:?--deb needs a file}") && shift 2 ;;
    --without-agent) agent=no && shift ;;
    --loader) loader=$(realpath "${2:?--loader needs a file}") && shift 2 ;;
    --mirror) mirror=${2:?--mirror needs a URL} && shift 2 ;;
    --output) output=$(realpath -m "${2:?--output needs a file}") && shift 2 ;;
    --fresh) fresh=yes && shift ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
[ -n "$board" ] || { usage >&2 && fail "which board? --board rock-5b or --board pc-x64"; }
board_facts "$board"
[ "$(id -u)" -eq 0 ] || fail "an image is made of folders that belong to root, so this must run as root (sudo $0)"
[[ $mirror =~ ^https?://.+/debian$ ]] || fail "--mirror $mirror: it must be a URL that ends in /debian, with /debian-security beside it"
if [ -n "$deb" ] && [ "$agent" = no ]; then fail "--deb and --without-agent contradict each other"; fi
if [ -n "$deb" ] && [ "$(dpkg-deb --field "$deb" Architecture)" != "$architecture" ]; then fail "$deb is for $(dpkg-deb --field "$deb" Architecture), and $board is $architecture"; fi
if [ -n "$loader" ]; then check_loader "$loader"; fi
output=${output:-$PWD/artifacts/image/$board.img}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/image
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
mkdir -p "$cache" "$(dirname "$output")"
if [ "$agent" = yes ] && [ -z "$deb" ]; then
  if [ "$architecture" = arm64 ]; then rid=linux-arm64; else rid=linux-x64; fi
  deb=$(firmware-scripts/build-deb.sh --rid "$rid" | tail -n 1)
fi

exec 9>"$cache/.lock"
flock -n 9 || { say "another image is being made, waiting for it"; flock 9; }
need_package_lists 9>&-
need_builder "$cache" 9>&-
need_emulation "$architecture" 9>&-
need_base "$cache" "$fresh" 9>&-
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/base"
ln "$base/root.tar" "$work/base/"
cp -r firmware-scripts/image "$work/"
# Not as they lie in a checkout, which may be anybody's.
chown -R 0:0 "$work/image" && chmod -R u=rwX,go=rX "$work/image"
[ -z "$deb" ] || cp "$deb" "$work/"
with_progress "making the image for $board" "$output.log" in_builder "$work" env SOURCE_DATE_EPOCH="$epoch" \
  sh /work/image/finish.sh "$efi" "$root_type" "$consoles" "$devicetree" "$mirror" 9>&-
[ -z "$loader" ] || dd if="$loader" of="$work/box.img" bs=512 seek=64 conv=notrunc status=none
cp "$base/packages" "$output.packages"
mv "$work/box.img" "$output"
rm -f "$output.log"
[ "$agent" = yes ] || say "This image has no agent in it: it boots, and that is all."
printf '%s\n' "$output"
