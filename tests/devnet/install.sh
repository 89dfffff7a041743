#!/usr/bin/env bash
# Installs the devnet's Ethereum clients (locked versions) into a cache outside the checkout and prints
# the folder as its only line of output. Does nothing when they are there; may be interrupted at any time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"

need_commands node=nodejs npm=npm g++=g++ make=make python3=python3 flock=util-linux
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || fail "Node.js 18 or later is needed, this is $(node --version)"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/dvstakers-edge/devnet
# Native parts are built for one Node ABI and one processor: both belong to the name.
key=$({ cat "$here/package.json" "$here/package-lock.json"; node -p 'process.versions.modules + process.arch'; } | sha256sum | cut -c1-16)
target=$cache/$key

install_clients() {
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" .
  # Headers that come with Node save node-gyp a download.
  local headers
  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  if [ -f "$headers/include/node/node.h" ]; then export npm_config_nodedir=$headers; fi
  with_progress "downloading the Ethereum clients (Lodestar, about 280 MB)" npm-ci.log \
    npm ci --ignore-scripts --no-audit --no-fund
  with_progress "building their native parts" npm-rebuild.log npm rebuild snappy bigint-buffer bcrypto
  with_progress "checking that they run" check.log node node_modules/@chainsafe/lodestar/lib/index.js --version
}

if [ ! -d "$target" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/.lock"
  flock -n 9 || { say "another installation is under way, waiting for it"; flock 9; }
  if [ ! -d "$target" ]; then
    # Built beside its place and moved there when whole: a folder of that name is always complete.
    partial=$cache/partial
    rm -rf "$partial"
    mkdir "$partial"
    (cd "$partial" && install_clients)
    mv "$partial" "$target"
  fi
fi
printf '%s\n' "$target"
