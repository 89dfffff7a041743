# shellcheck shell=bash disable=SC2034,SC2154  # The scenario has read /lab/facts, and reads these.
# What several scenarios of the box do.
export DEBIAN_FRONTEND=noninteractive
new=/lab/dvstakers-edge_${version}_amd64.deb old=/lab/dvstakers-edge_${version}~before_amd64.deb stack=/run/lab/stack.yaml
# The results' descriptor is not apt's.
apt() { apt-get -q -y "$@" 3>&- || { local code=$?; journalctl -u dvstakers-edge -o cat --no-pager | tail -n 5; return "$code"; }; }
booted() { systemctl is-system-running | grep -qE "running|degraded"; }

# run_fake_node [ARGUMENT...]: fake-node.pl's, as a unit that comes back at a boot; $stack is the configuration that names it.
run_fake_node() {
  [ $# -gt 0 ] || set -- $(($(date +%s) - 120000))
  cat >/etc/systemd/system/fake-node.service <<EOF
[Service]
ExecStart=/usr/bin/perl /lab/fake-node.pl $*
Restart=always
[Install]
WantedBy=multi-user.target
EOF
  systemctl daemon-reload && systemctl -q enable fake-node && systemctl restart fake-node
}
printf 'stacks:\n  - name: main\n    beacon-node: http://127.0.0.1:5052\n    execution-client: http://127.0.0.1:8545\n' >"$stack"

serves() { systemctl -q is-active dvstakers-edge && exec 5<>/dev/tcp/127.0.0.1/5070 && printf 'GET /eth/v1/node/version HTTP/1.0\r\n\r\n' >&5 && grep -q Lighthouse <&5; }
served() { (serves) 2>/dev/null; }

# ours: what a box must never lose, each file with its content. The number of boots grows with each start.
ours() { find /etc/dvstakers-edge /var/lib/dvstakers-edge -type f ! -name boot -exec sha256sum {} + | sort; }
