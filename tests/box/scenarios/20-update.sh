# shellcheck shell=bash disable=SC2317,SC2016,SC2034,SC2154  # Conditions are called by name, and what `eval` is given is for it.
# Updates by `dvstakers-edge update`, under the real systemd: a good one, and three that go back by themselves.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
package() { printf '/lab/update-packages/dvstakers-edge_%s_amd64.deb' "$1"; }
installed() { dpkg-query -W -f '${db:Status-Abbrev}${Version}' dvstakers-edge; }
whole() { [ "$(installed)" = "ii $1" ] && ! dpkg --verify dvstakers-edge | grep -v ' c /' | grep -v /usr/share/; }
update() { dvstakers-edge update "$@" 3>&- >/run/lab/update.out 2>&1; }
nothing_left() { [ "$(cd /var/lib/dvstakers-edge-update && echo *)" = "last.json lock" ]; }

becomes "the boot is complete" 300 booted
run_fake_node
# Without what is recommended, which takes its time and has no part in this.
holds "apt installs the old version" apt --no-install-recommends install "$(package "$version~before")"
holds "a cluster's identity" eval 'dvstakers-edge cluster init kili --box nuc-1 --gateway https://nuc-1.example:5071 --broker nuc-1.example:8883 3>&-'
configure "$stack"
becomes "it serves" 240 served

holds "without a key nothing is taken" eval '! update "$(package "$version")" && grep -q "this box has no key" /run/lab/update.out'
install -D -m 644 /lab/update-packages/key.pem /etc/dvstakers-edge/update-keys/test.pem
holds "--check says what would be done" eval 'dvstakers-edge update --check "$(package "$version")" | grep -q "would go   from $version~before to $version"'
equals "and does nothing" "$(installed)" "ii $version~before"

holds "a good update" update "$(package "$version")"
holds "is there whole" whole "$version"
holds "and serves" served
holds "and nothing is left of it" nothing_left

for bad in "crash the agent ended by itself" "hang the agent is not ready after" "astray the agent routes nothing after"; do
  read -r name why <<<"$bad"
  holds "a version that is bad ($name) is not kept" eval '! update "$(package "$version+$name")"'
  has "and that is said" "$(cat /run/lab/update.out)" "the update to .*$name was undone, and $version is back: $why"
  has "in the journal too" "$(journalctl -u dvstakers-edge-update -p warning -o cat)" "The update to .*$name is undone"
  holds "the old one is there whole" whole "$version"
  becomes "and serves" 120 served
  holds "and nothing is left of it" nothing_left
done
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
holds "the configuration is as it was" cmp -s "$stack" /etc/dvstakers-edge/edge.yaml
# For the power cuts.
ours >/var/lib/ours.before
sync
