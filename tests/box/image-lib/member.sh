# shellcheck shell=bash disable=SC2034,SC2154  # What machine.sh reads, and what image.sh gives.
# A member of a cluster, from its invitation to the board that takes its place. Needs machine.sh, checks.sh and image-scenarios.sh.

# scenario_member: box.yaml has an invitation and a fixed address. Another box, here, made the cluster, and comes through the firewall to the gateway and the broker.
# Then the board dies, and a new one becomes it by docs/backup.md, out of a backup that was made before.
scenario_member() {
  local address=10.0.2.77 reached_ports=(5071 8883) founder=$work/founder before began
  found_cluster
  member_box_yaml "$work/box.yaml" && echo 'invitation: member-1.invitation' >>"$work/box.yaml"
  new_disk member "$work/box.yaml" "$work/member-1.invitation"
  start_machine member
  wait_for_login || { failed "it comes up at its fixed address" "$(tail -n 5 "$console")" && return; }
  equals "it has its fixed address, and no other" "$(on_box 'ip -4 -o address show scope global' | awk '{ print $4 }')" 10.0.2.77/24
  has "its screen says what to carry where" "$(on_box 'cat /boot/efi/box-status.txt')" 'Carry box.request'
  on_box 'cat /boot/efi/box.request' >"$work/member-1.request"
  holds "the box that invited admits it" "$work/dvstakers-edge" cluster join "$work/member-1.request" --dir "$founder" --out "$work/member-1.grant"
  to_box "$work/member-1.grant" /root/member-1.grant
  holds "it takes its grant" on_box 'cd /root && dvstakers-edge cluster join member-1.grant && dvstakers-edge broker render && systemctl restart mosquitto dvstakers-edge'
  serves_its_cluster

  echo 'six horses, a battery' >"$work/passphrase"
  to_box "$work/passphrase" /root/passphrase
  holds "a backup is made" on_box 'dvstakers-edge backup /root/nuc-1.backup --passphrase-file /root/passphrase'
  on_box 'cat /root/nuc-1.backup' >"$work/nuc-1.backup"
  before=$(identity)
  kill_machine

  # The invitation worked once; the ports that came with it are the member's own now.
  began=$SECONDS
  member_box_yaml "$work/box.yaml" && echo 'open-ports: 5071/tcp,8883/tcp' >>"$work/box.yaml"
  new_disk replaced "$work/box.yaml"
  start_machine replaced
  wait_for_login || { failed "the new board comes up" "$(tail -n 5 "$console")" && return; }
  to_box "$work/passphrase" /root/passphrase
  to_box "$work/nuc-1.backup" /root/nuc-1.backup
  holds "a backup is put on a new board as the page says" on_box "cd /root && set -e; $(restore_page)"
  serves_its_cluster
  printf 'RESULT board-replaced seconds=%s\n' $((SECONDS - began))
  equals "and everything is on it, whose it was" "$(identity)" "$before"
  holds "it goes off by its button" switch_off
}

# found_cluster: as the box that makes the cluster does it, with the program out of the image.
found_cluster() {
  local disk=$image
  debugfs -R "dump /usr/bin/dvstakers-edge $work/dvstakers-edge" "$disk?offset=$(root_at)" >/dev/null 2>&1 && chmod 755 "$work/dvstakers-edge"
  "$work/dvstakers-edge" cluster init lab --box founder --gateway https://founder.example:5071 --dir "$founder" >/dev/null
  "$work/dvstakers-edge" cluster invite member-1 --gateway https://10.0.2.77:5071 --broker 10.0.2.77:8883 --dir "$founder" --out "$work/member-1.invitation" >/dev/null
}

member_box_yaml() {
  cat >"$1" <<END
name: member-1
ssh-keys:
  - $(cat "$work/key.pub")
network:
  address: 10.0.2.77/24
  gateway: 10.0.2.2
END
}

# serves_its_cluster: the founder comes to its gateway and its broker, with its certificate, through the firewall.
serves_its_cluster() {
  local tls=(--cert "$founder/box.crt" --key "$founder/box.key")
  holds "its gateway gives a member the roster" wait_for 300 member_gives_roster "${tls[@]}"
  holds "its broker gives a member its topic, which says ready" wait_for 300 member_says_ready "${tls[@]}"
  refuses "its gateway gives nothing to whoever has no certificate" member_gives_roster
}

member_gives_roster() {
  curl -sf --max-time 20 --cacert "$founder/ca.crt" "$@" --connect-to 10.0.2.77:5071:127.0.0.1:5071 https://10.0.2.77:5071/dvstakers/v1/roster | grep -q member-1
}

member_says_ready() {
  timeout 30 mosquitto_sub -h 127.0.0.1 -p 8883 --insecure --cafile "$founder/ca.crt" "$@" -C 1 -t 'dvstakers/lab/member-1/health' | grep -q '"summary":"Ready'
}

# restore_page: the commands of the page, with the passphrase from a file, since nobody is there to type it.
restore_page() { sed -n '/^## A new board/,/^## [^A]/ s/^sudo //p' docs/backup.md | sed 's/^dvstakers-edge restore .*/& --passphrase-file \/root\/passphrase/'; }

# identity: every file of its place in the cluster and of its configuration, with owner, mode and content; not the lock, which says nothing.
identity() { on_box 'cd /etc/dvstakers-edge && find . ! -name .lock -printf "%P %u:%g %m\n" | sort && find . -type f ! -name .lock -exec sha256sum {} + | sort -k 2'; }

# to_box FILE TO: as root.
to_box() { ssh_as staker "sudo tee $2 >/dev/null" <"$1"; }
