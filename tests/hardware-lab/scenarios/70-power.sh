# shellcheck shell=bash disable=SC2317
# A UPS by its registers (Waveshare UPS HAT (E), 0x2d) and clients that write down what happens to them.
little() { printf '0x%02x 0x%02x ' $(($1 & 255)) $((($1 >> 8) & 255)); }

# ups MAINS(1|0) PERCENT MINUTES CELL-MILLIVOLTS
ups() {
  # shellcheck disable=SC2046
  poke 0x2d 0x20 $(little $((4 * $4))) $(little $(($1 ? 500 : 64536))) $(little "$2") $(little 2000) $(little "$3") $(little 0) i
  # shellcheck disable=SC2046
  poke 0x2d 0x30 $(little "$4") $(little "$4") $(little "$4") $(little "$4") i
  poke 0x2d 0x02 $((0x0300 | $1 << 5)) w
}

client() { # NAME SECONDS-TO-STOP
  cat >"/run/systemd/system/lab-$1.service" <<UNIT
[Service]
ExecStart=/bin/bash -c 'trap "echo $1 told >>/run/lab/order; sleep $2; echo $1 down >>/run/lab/order; exit 0" TERM; echo $1 up >>/run/lab/order; while :; do sleep 1 & wait; done'
KillMode=mixed
TimeoutStopSec=600
UNIT
}

health() { timeout 20 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/box/health' -C 1 2>/dev/null; }
source_is() { [ "$(health | jq -r .power.source)" = "$1" ]; }
condition() { health | jq -e --arg kind "$1" 'any(.conditions[]; .code == $kind)' >/dev/null; }
no_condition() { ! condition "$1"; }
written() { [ "$(grep -c "$1" /run/lab/order)" = "$2" ]; }
running() { systemctl -q is-active lab-validator lab-consensus lab-execution; }

: >/run/lab/order && chmod 666 /run/lab/order
client validator 1
client consensus 2
client execution 3
systemctl daemon-reload
systemctl start lab-execution lab-consensus lab-validator
within 30 written up 3
{
  cat /lab/edge.yaml
  cat <<'YAML'
power:
  model: waveshare-ups-hat-e
  bus: SMBus stub driver
  validator: lab-validator
  consensus: lab-consensus
  execution: lab-execution
  power-off: no
YAML
} >/run/lab/power.yaml
systemctl stop dvstakers-edge
rmmod i2c-stub
configure /run/lab/power.yaml
becomes "a UPS that is not there is a condition" 90 condition ups-silent
modprobe i2c-stub chip_addr=0x36,0x40,0x48,0x2d,0x17,0x14
ups 1 90 0 4100
becomes "and heals when it comes: on mains" 60 source_is mains
ups 0 80 60 3900
becomes "mains lost" 60 source_is battery
becomes "which is a condition" 30 condition on-battery
ups 1 80 0 3900
becomes "mains back" 60 source_is mains
holds "and nobody was stopped" running

ups 1 200 0 3900
becomes "a charge of 200 % is not believed" 90 condition ups-nonsense
ups 1 80 0 3900
becomes "and good readings are again" 60 no_condition ups-nonsense
# All ones: a chip that does not drive the bus any more. On mains that is no reason to stop anybody.
poke 0x2d 0x02 0xffff w
poke 0x2d 0x20 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff 0xff i
becomes "a chip that says nothing but ones is not believed" 90 condition ups-nonsense
ups 1 80 0 3900
becomes "and heals" 60 source_is mains
holds "still nobody was stopped" running

for step in "80 60 3900" "60 40 3800" "40 15 3700"; do
  # shellcheck disable=SC2086
  ups 0 $step
  sleep 3
done
within 30 source_is battery
holds "well above the limit all run" running
ups 0 34 9 3600
becomes "at the limit all are stopped" 90 written down 3
equals "validator, consensus, execution, each down before the next is told, none killed" "$(grep -v up /run/lab/order | xargs)" \
  "validator told validator down consensus told consensus down execution told execution down"
becomes "and the broker knows" 30 condition stopping-for-power

# The way back is not here: the agent waits ten minutes for a network and a synchronised clock, and the guest has neither.
ups 1 90 0 4100
systemctl stop lab-validator lab-consensus lab-execution
configure /lab/edge.yaml
