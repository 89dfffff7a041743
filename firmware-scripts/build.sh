#!/usr/bin/env bash
# Builds the native agent. Progress goes to standard error; the last line of standard output is the binary's path.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=lib/progress.sh
. firmware-scripts/lib/progress.sh
# shellcheck source=lib/packages.sh
. firmware-scripts/lib/packages.sh
# shellcheck source=lib/build-native.sh
. firmware-scripts/lib/build-native.sh

usage() {
  cat <<'EOF'
Usage: firmware-scripts/build.sh [--rid linux-x64|linux-arm64] [--output DIR] [--force]

  --rid RID       the machine to build for (default: this one)
  --output DIR    where the binary goes (default: artifacts/RID)
  --force         build even if nothing changed since the last build

The debug symbols (dvstakers-edge.dbg) go beside the binary; boxes do not need them.
EOF
}

rid=linux-x64
if [ "$(uname -m)" = aarch64 ]; then rid=linux-arm64; fi
output='' force=no
while [ $# -gt 0 ]; do
  case "$1" in
    --rid) rid=${2:?--rid needs a value} && shift 2 ;;
    --output) output=${2:?--output needs a value} && shift 2 ;;
    --force) force=yes && shift ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
[ -f "publish-profiles/$rid.pubxml" ] || fail "no publish profile for $rid; there are: $(cd publish-profiles && echo *.pubxml)"
output=$(realpath -m "${output:-artifacts/$rid}")
work=$PWD/artifacts/build/$rid

need_build_tools "$rid"
mkdir -p "$output" "$work"
exec 9>"$work/.lock"
flock -n 9 || { say "another build of $rid is under way, waiting for it"; flock 9; }

hash=$(inputs_hash "$rid")
if [ "$force" = no ] && [ -x "$output/dvstakers-edge" ] && [ "$(cat "$output/.inputs" 2>/dev/null)" = "$hash" ]; then
  say "nothing changed since the last build"
else
  rm -rf "$output/.inputs" "$work/publish"
  # Descriptor 9 is the lock: nothing that outlives this script may hold it.
  framework=$(choose_framework "$rid" "$work" 9>&-)
  publish "$rid" "$framework" "$work" 9>&-
  cp "$work/publish/dvstakers-edge" "$work/publish/dvstakers-edge.dbg" "$output/"
  printf '%s\n' "$hash" >"$output/.inputs"
fi
printf '%s\n' "$output/dvstakers-edge"
