#!/usr/bin/env bash
# Three sites and a cloud member as network namespaces, and what can happen to them. Options are those of run.mjs:
#   --agent PATH  --fault NAME (repeatable, or a list with commas)  --all  --seconds 42  --seconds-per-slot 6  --dir DIR  --keep  --seed TEXT
# Without --agent it builds the agent first.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
export PATH=$PATH:/usr/sbin:/sbin

if [ "$(id -u)" -ne 0 ] || ! unshare --net --mount true 2>/dev/null; then
  printf 'error: the lab makes network namespaces, and for that it must run as root (sudo %s), outside of an unprivileged container\n' "$0" >&2
  exit 2
fi
need_commands mosquitto=mosquitto mosquitto_sub=mosquitto-clients ip=iproute2 nsenter=util-linux setpriv=util-linux
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || install_packages libfaketime
ldconfig -p | grep -q 'libmosquitto\.so\.1' || install_packages libmosquitto1
install=$("$here/../devnet/install.sh")

agent=()
if [[ " $* " != *" --agent "* ]]; then agent=(--agent "$("$here/../../firmware-scripts/build.sh" | tail -n 1)"); fi
exec unshare --net --mount --propagation private node "$here/run.mjs" --install "$install" "${agent[@]}" "$@"
