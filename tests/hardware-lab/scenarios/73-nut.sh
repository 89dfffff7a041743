# shellcheck shell=bash disable=SC2317
# A real NUT server with its dummy driver, the agent as its service, and upsmon beside it as Debian runs it: what each of them does, and in which order.
[ -x /lib/nut/dummy-ups ] || skip "this guest has no NUT"

order=/run/lab/nut-order
: >"$order" && chmod 666 "$order"
for unit in validator consensus execution; do
  cat >"/run/systemd/system/nut-$unit.service" <<UNIT
[Service]
ExecStart=/bin/bash -c 'trap "echo $unit down >>$order; exit 0" TERM; echo $unit up >>$order; while :; do sleep 1 & wait; done'
KillMode=mixed
TimeoutStopSec=600
UNIT
done
systemctl daemon-reload
systemctl start nut-execution nut-consensus nut-validator

# The driver looks whether the file is newer than before, in whole seconds.
said_times=0
ups_says() { # STATUS CHARGE SECONDS
  printf 'ups.status: %s\nbattery.charge: %s\nbattery.runtime: %s\nbattery.voltage: 13.1\n' "$1" "$2" "$3" >/etc/nut/lab.new
  said_times=$((said_times + 2))
  touch -d "@$((1600000000 + said_times))" /etc/nut/lab.new
  mv /etc/nut/lab.new /etc/nut/lab.dev
}
echo 'MODE=standalone' >/etc/nut/nut.conf
printf 'pollinterval = 1\n[lab]\n  driver = dummy-ups\n  port = lab.dev\n  mode = dummy-once\n' >/etc/nut/ups.conf
printf 'LISTEN 127.0.0.1 3493\nMAXAGE 5\n' >/etc/nut/upsd.conf
printf '[watcher]\n  password = secret\n  upsmon primary\n' >/etc/nut/upsd.users
cat >/etc/nut/upsmon.conf <<CONF
MONITOR lab@127.0.0.1 1 watcher secret primary
MINSUPPLIES 1
POLLFREQ 1
POLLFREQALERT 1
DEADTIME 8
FINALDELAY 0
RUN_AS_USER root
POWERDOWNFLAG /run/lab/killpower
SHUTDOWNCMD "echo upsmon shuts down >>$order"
CONF
chgrp nut /etc/nut/*
install -d -o nut -g nut -m 770 /run/nut
ups_says OL 100 3600
start driver /lib/nut/dummy-ups -a lab -D
systemctl start nut-server

no_outage
{
  cat /lab/edge.yaml
  printf 'power:\n  model: nut\n  nut-ups: lab\n  validator: nut-validator\n  consensus: nut-consensus\n  execution: nut-execution\n'
} >/run/lab/nut.yaml
configure /run/lab/nut.yaml

# says JQ, of `power show`; hears JQ, of what the peers are told.
shows() { dvstakers-edge power show --json 2>/dev/null | jq -e "$1" >/dev/null; }
hears() { timeout 20 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/box/health' -C 1 2>/dev/null | jq -e "$1" >/dev/null; }
running() { systemctl -q is-active nut-validator nut-consensus nut-execution; }
written() { grep -q "$1" "$order"; }
monitors() { [ "$(upsc -c lab@127.0.0.1 2>/dev/null | grep -c .)" = 1 ]; }

becomes "OL: on mains" 90 shows '.source == "mains" and .charge_percent == 100'
systemctl start nut-monitor
becomes "upsmon alone is logged in: the agent asks and is none of those whom a shutdown waits for" 30 monitors

ups_says "OB DISCHRG" 80 2400
becomes "OB: on battery, with NUT's charge and run time" 40 shows '.source == "battery" and .charge_percent == 80 and .run_time_left_seconds == 2400'
becomes "the peers hear of it" 30 hears '.power.source == "battery" and (.conditions | any(.code == "on-battery"))'
ups_says "OL CHRG" 80 3600
becomes "OL again" 40 shows '.source == "mains"'

kill -STOP "$(cat /run/lab/driver.pid)"
becomes "stale data is silence, with its reason" 60 shows '.source == "unknown" and (.trouble | test("no word from the UPS"))'
kill -CONT "$(cat /run/lab/driver.pid)"
becomes "and heals" 40 shows '.source == "mains"'
systemctl stop nut-server
becomes "a server that is gone is silence, with its reason" 60 shows '.source == "unknown" and (.trouble | test("refuses the connection"))'
becomes "which the peers hear" 30 hears '.conditions | any(.code == "ups-silent")'
systemctl start nut-server
becomes "and heals" 60 shows '.source == "mains"'
holds "nobody was stopped so far" running

ups_says "OB DISCHRG RB" 50 1500
becomes "OB RB: on battery, and it wants a new one" 40 shows '.source == "battery" and (.problems | any(test("asks for a new battery")))'
ups_says "OB DISCHRG" 30 1400
becomes "at the limit the agent stops the clients" 60 written "execution down"
equals "in order, before upsmon does anything" "$(grep -v up$ "$order" | xargs)" "validator down consensus down execution down"
becomes "and the box stays on: the power-off is upsmon's" 30 shows '.stopping and .forced == false'
ups_says "OB DISCHRG LB" 12 300
becomes "OB LB: low by the UPS's own word" 40 shows '.low'
becomes "upsmon shuts down, and nothing of the agent holds it up" 60 written "upsmon shuts down"
becomes "FSD, which upsmon has set: the agent sees it" 40 shows '.forced and .low'
equals "the clients were down long before" "$(grep -v up$ "$order" | xargs)" "validator down consensus down execution down upsmon shuts down"

systemctl stop nut-monitor nut-server
systemctl stop nut-validator nut-consensus nut-execution
configure /lab/edge.yaml
finish driver
