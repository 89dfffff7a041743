#!/usr/bin/env bash
# The root folder of docker/Dockerfile's image, by its own steps, on a machine without Docker: cloud-root.sh --agent PATH --dir DIR
# Debian's base comes from mmdebstrap instead of the image debian:bookworm-slim. COPY and RUN are done as they stand there; any other step than
# those known here is an error, so that what is tried is what the Dockerfile says.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

agent='' dir=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case "$1" in
    --agent) agent=$(realpath "$2") ;;
    --dir) dir=$(realpath -m "$2") ;;
    *) fail "unknown option $1" ;;
  esac
  shift 2
done
if [ ! -x "$agent" ] || [ -z "$dir" ]; then fail "usage: cloud-root.sh --agent PATH --dir DIR"; fi
context=$here/../../docker

# Its steps, one a line.
steps() { sed -e '/^ *#/d' -e '/^ *$/d' "$context/Dockerfile" | sed -e ':a' -e '/\\$/{N;s/\\\n *//;ta}'; }

base() {
  local suite
  suite=$(sed -n 's/^debian:\([a-z]*\)-slim$/\1/p' <<<"$1")
  [ -n "$suite" ] || fail "the image is built on $1; this knows debian:SUITE-slim"
  need_commands mmdebstrap=mmdebstrap
  rm -rf "$dir"
  mmdebstrap --quiet --variant=minbase --aptopt='APT::Install-Recommends "false"' "$suite" "$dir" >&2
}

copy() {
  local source=$1 target=$2
  if [ "$source" = dvstakers-edge ]; then source=$agent; else source=$context/$source; fi
  case "$target" in */) target+=$(basename "$1") ;; esac
  install -D -m "$(stat -c %a "$source")" "$source" "$dir$target"
}

while read -r word rest; do
  say "  $word $rest"
  case "$word" in
    FROM) base "$rest" ;;
    RUN)
      cp /etc/resolv.conf "$dir/etc/resolv.conf"
      env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$dir" /bin/sh -c "$rest" </dev/null >&2
      ;;
    COPY)
      # shellcheck disable=SC2086
      copy $rest
      ;;
    USER | WORKDIR | ENTRYPOINT | CMD) ;; # how it is started, which the one who starts it reads
    *) fail "docker/Dockerfile has a step that is not known here: $word" ;;
  esac
done < <(steps)
# An engine mounts its own there.
touch "$dir/etc/hosts"
printf '%s\n' "$dir"
