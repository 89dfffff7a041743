# shellcheck shell=bash disable=SC2154
# Needs $here and $guest, the folders of the lab and of what all guests share, and package-tree.sh.

# stage_payload FOLDER AGENT PROBE: what is under test, and the lab's own, as it lies in the guest.
stage_payload() {
  local to=$1 unit
  rm -rf "$to"
  mkdir -p "$to"/{lab/bin,usr/bin,etc/dvstakers-edge,etc/systemd/system/multi-user.target.wants}
  cp "$2" "$to/usr/bin/dvstakers-edge"
  cp "$3" "$to/lab/bin/probe"
  cp -r "$guest"/{run,lib.sh} "$here/guest/simulate.sh" "$here/scenarios" "$to/lab/"
  cp "$here/guest/edge.yaml" "$to/etc/dvstakers-edge/"
  cp "$here/guest/edge.yaml" "$to/lab/"
  cp "$guest/lab.service" "$here"/guest/units/*.service "$to/etc/systemd/system/"
  # The files that the package installs, where it installs them.
  stage_system "$to"
  for unit in /usr/lib/systemd/system/dvstakers-edge /etc/systemd/system/lab /etc/systemd/system/lab-hardware; do
    ln -s "$unit.service" "$to/etc/systemd/system/multi-user.target.wants/"
  done
}
