#!/usr/bin/env bash
# Makes the cluster of docs/cluster.md as its reader would, on three boxes in namespaces, and looks whether what it promises holds.
#   --agent PATH   the native binary; without it the agent is built first
#   --page FILE    another page than docs/cluster.md
#   --keep         leaves the boxes running, once all is as promised
#   --verbose      shows what each command says
# Its last line: RESULT stranger boxes=3 commands=N minutes=M
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

if [ "$(id -u)" -ne 0 ] || ! unshare --net --mount --pid --uts --fork true 2>/dev/null; then
  printf 'error: it makes boxes in namespaces, and for that it must run as root (sudo %s), outside of an unprivileged container\n' "$0" >&2
  exit 2
fi
need_commands mosquitto=mosquitto mosquitto_sub=mosquitto-clients ip=iproute2 nsenter=util-linux setpriv=util-linux sudo=sudo curl=curl useradd=passwd ps=procps node=nodejs
ldconfig -p | grep -q 'libmosquitto\.so\.1' || install_packages libmosquitto1

agent=
for ((at = 1; at < $#; at++)); do if [ "${!at}" = --agent ]; then next=$((at + 1)) && agent=${!next}; fi; done
options=()
if [ -z "$agent" ]; then
  agent=$("$here/../../firmware-scripts/build.sh" | tail -n 1)
  options=(--agent "$agent")
fi
package=$("$here/../../firmware-scripts/build-deb.sh" --agent "$agent" | tail -n 1)
exec unshare --net --mount --propagation private node "$here/stranger.mjs" "${options[@]}" --package "$package" "$@"
