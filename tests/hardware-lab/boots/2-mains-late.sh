# shellcheck shell=bash disable=SC2154,SC2317
# Ends: Restarting system
# The boot after the outage; then another one, in which mains come back when the box was told to go off.
record=/var/lib/lab/order
ups 1 50 0 3800
equals "the whole stop, in order, by SIGTERM, nobody killed" "$(order)" "$whole_start $whole_stop"
given_up() { systemctl -q is-failed lab-execution; }
becomes "at the boot systemd has given the execution client up" 60 given_up
becomes "the agent is about to start all again" 60 condition returning-from-outage
fresh
anybody() { [ -s "$record" ]; }
nobody() { ! within 4 anybody; }
holds "and waits for a network" nobody
network
holds "and for a right clock" nobody
clock
becomes "then it starts them, the one that was given up too" 120 written 'validator up'
equals "execution, consensus, validator" "$(grep up "$record" | xargs)" "$whole_start"
over() { [ ! -e /var/lib/dvstakers-edge/outage.json ]; }
becomes "and it is over" 60 over
holds "all run" running

# Mains come back while systemd stops the machine: a unit of its own, so that it is done whoever has been stopped by then.
cat >/run/lab/mains-back <<'SCRIPT'
#!/bin/bash
scenario=outage
. /lab/lib.sh
. /lab/lib.d/power.sh
ups 1 50 0 3800
SCRIPT
chmod 755 /run/lab/mains-back
systemd-run -q --unit lab-mains --property=RemainAfterExit=yes --property=ExecStop=/run/lab/mains-back /bin/true
fresh
ups 0 20 5 3600
becomes "the battery ends again: the execution client is told last" 90 written 'execution told'
goes_off 180
