# shellcheck shell=bash disable=SC2317,SC2016,SC2034,SC2154  # Conditions are called by name, and what `eval` is given is for it.
# Updates by `dvstakers-edge update`, under the real systemd: a good one, and three that go back by themselves.
# shellcheck source=/dev/null
. /lab/facts
package() { printf '/lab/update-packages/dvstakers-edge_%s_amd64.deb' "$1"; }
installed() { dpkg-query -W -f '${db:Status-Abbrev}${Version}' dvstakers-edge; }
whole() { [ "$(installed)" = "ii $1" ] && ! dpkg --verify dvstakers-edge | grep -v ' c /' | grep -v /usr/share/; }
serves() { systemctl -q is-active dvstakers-edge && exec 5<>/dev/tcp/127.0.0.1/5070 && printf 'GET /eth/v1/node/version HTTP/1.0\r\n\r\n' >&5 && grep -q Lighthouse <&5; }
served() { (serves) 2>/dev/null; }
update() { dvstakers-edge update "$@" 3>&- >/run/lab/update.out 2>&1; }
nothing_left() { [ "$(cd /var/lib/dvstakers-edge-update && echo *)" = "last.json lock" ]; }
export DEBIAN_FRONTEND=noninteractive

becomes "the boot is complete" 300 eval 'systemctl is-system-running | grep -qE "running|degraded"'
cat >/etc/systemd/system/fake-node.service <<EOF
[Service]
ExecStart=/usr/bin/perl /lab/fake-node.pl $(($(date +%s) - 120000))
Restart=always
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload && systemctl -q enable --now fake-node
holds "apt installs the old version" apt-get -q -y install "$(package "$version~before")" 3>&-
printf 'stacks:\n  - name: main\n    beacon-node: http://127.0.0.1:5052\n    execution-client: http://127.0.0.1:8545\n' >/lab/edge.yaml
configure /lab/edge.yaml
becomes "it serves" 240 served

holds "without a key nothing is taken" eval '! update "$(package "$version")" && grep -q "this box has no key" /run/lab/update.out'
install -D -m 644 /lab/update-packages/key.pem /etc/dvstakers-edge/update-keys/test.pem
holds "--check says what would be done" eval 'dvstakers-edge update --check "$(package "$version")" | grep -q "would go   from $version~before to $version"'
equals "and does nothing" "$(installed)" "ii $version~before"

began=$(date +%s%3N)
holds "a good update" update "$(package "$version")"
printf 'TOOK %s\n' $(($(date +%s%3N) - began)) >&3
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
holds "the configuration is as it was" cmp -s /lab/edge.yaml /etc/dvstakers-edge/edge.yaml
cp /lab/edge.yaml /var/lib/edge.yaml.before
sync
