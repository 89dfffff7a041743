#!/usr/bin/env bash
# Makes the Debian package. Progress goes to standard error; the last line of standard output is the package's path.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source=lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source=lib/package-tree.sh
. firmware-scripts/lib/package-tree.sh

usage() {
  cat <<'TEXT'
Usage: firmware-scripts/build-deb.sh [--rid linux-x64|linux-arm64] [--agent PATH] [--version VERSION] [--output DIR]

  --rid RID           the machine to build for (default: this one)
  --agent PATH        a native binary for that machine (default: firmware-scripts/build.sh makes it)
  --version VERSION   the package's version (default: that of Directory.Build.props)
  --output DIR        where the package goes (default: artifacts/deb)

The same sources give the same package, byte for byte, wherever and whenever it is made: files have the time of SOURCE_DATE_EPOCH, or else of the last commit.
TEXT
}

rid=linux-x64
if [ "$(uname -m)" = aarch64 ]; then rid=linux-arm64; fi
agent='' version='' output=$PWD/artifacts/deb
while [ $# -gt 0 ]; do
  case "$1" in
    --rid) rid=${2:?--rid needs a value} && shift 2 ;;
    --agent) agent=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --version) version=${2:?--version needs a value} && shift 2 ;;
    --output) output=$(realpath -m "${2:?--output needs a value}") && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
case $rid in
  linux-x64) architecture=amd64 ;;
  linux-arm64) architecture=arm64 ;;
  *) fail "no Debian architecture is known for $rid" ;;
esac

need_commands dpkg-deb=dpkg gzip=gzip readelf=binutils
[ -n "$version" ] || version=$(sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' Directory.Build.props)
[[ $version =~ ^[0-9][A-Za-z0-9.+~]*$ ]] || fail "'$version' is no version of a Debian package: it begins with a digit, and has letters, digits, '.', '+' and '~' only"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
# dpkg-deb takes it from there; one thread, since several would pack otherwise.
export SOURCE_DATE_EPOCH DPKG_DEB_THREADS_MAX=1
[ -n "$agent" ] || agent=$(firmware-scripts/build.sh --rid "$rid" | tail -n 1)

mkdir -p "$output"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
package=$output/dvstakers-edge_${version}_$architecture.deb
stage_package "$tree" "$agent" "$version" "$architecture"
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --uniform-compression -Zxz --build "$tree" "$package.part" >&2
mv "$package.part" "$package"
printf '%s\n' "$package"
