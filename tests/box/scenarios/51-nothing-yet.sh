# shellcheck shell=bash disable=SC2016,SC2034,SC2154,SC2317  # Conditions are called by name, and what `eval` is given is for it.
# A boot without a network and with a clock that stands far back, as of a board without a battery: first the network comes, with a node at another machine, and then the time.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
node=192.0.2.7 right=$(cat /var/lib/time-of-before)
genesis=$((right - 120000))
said() { journalctl -b -u dvstakers-edge -p "$1" -o cat | grep -q "$2"; }
status() { dvstakers-edge status --json 3>&-; }
becomes "the boot is complete" 300 booted
holds "the clock stands far back" [ "$(($(date +%s) + 30 * 86400))" -lt "$right" ]
equals "no way leads anywhere" "$(ip route)" ""
becomes "the agent is ready" 120 systemctl -q is-active dvstakers-edge
before=$(main_pid dvstakers-edge)
becomes "it says that it has no node" 240 said warning "$node"
becomes "and that nothing keeps the clock right" 240 eval 'status | grep -q "\"clock_synchronised\": *false"'
equals "it was not started anew" "$(main_pid dvstakers-edge) $(systemctl show -P NRestarts dvstakers-edge)" "$before 0"

# --- The network, and a node whose clock is right.
ip address add "$node/32" dev lo
run_fake_node "$genesis" "$node" $((right - $(date +%s)))
becomes "with a network it serves" 240 served
equals "it was not started anew" "$(main_pid dvstakers-edge) $(systemctl show -P NRestarts dvstakers-edge)" "$before 0"

# --- The time: in one step, as systemd-timesyncd takes it.
date -s "@$right" >/dev/null
run_fake_node "$genesis" "$node"
becomes "with the time it serves" 240 served
becomes "and all is well with its node" 240 eval 'status | grep -q "\"beacon_version\": *\"Lighthouse"'
equals "it was not started anew" "$(main_pid dvstakers-edge) $(systemctl show -P NRestarts dvstakers-edge)" "$before 0"
within 60 false
holds "and serves on" served
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
printf '== what an operator reads: journalctl -u dvstakers-edge\n'
journalctl -b -u dvstakers-edge --no-pager --no-hostname
