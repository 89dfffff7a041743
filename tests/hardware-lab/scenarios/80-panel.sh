# shellcheck shell=bash disable=SC2317
# The panel follows what the agent sees. No node answers in the guest: that is a consensus problem, and duties are being lost.
for led in single other; do
  start "$led" probe uled "lab:$led" 255
  said "$led" '^ready$'
done
within 20 test -e /sys/class/leds/lab:single/trigger -a -e /sys/class/leds/lab:other/trigger
echo heartbeat >/sys/class/leds/lab:single/trigger

{
  cat /lab/edge.yaml
  cat <<'YAML'
panel:
  leds:
    - shows: single
      led: lab:single
    - shows: validator
      led: lab:other
    - shows: stack
      chip: pinctrl-lab
      line: LED_STACK
    - shows: cluster
      chip: pinctrl-lab
      line: LED_CLUSTER
      active-low: true
YAML
} >/run/lab/panel.yaml
configure /run/lab/panel.yaml

# What the kernel plays, as docs/panel.md has it.
plays() { local text; read -r text <"/sys/class/leds/lab:$1/pattern" && [ "$text" = "$2" ]; } 2>/dev/null
two='255 200 255 0 0 200 0 0 255 200 255 0 0 1000 0 0'
fast='255 125 255 0 0 125 0 0'
becomes "the single LED: two flashes, a consensus problem" 90 plays single "$two"
becomes "the validator's LED: fast, duties are being lost" 60 plays other "$fast"
says "the LED itself flashes: on" single '^255 '
says "off" single '^0 '
says "and on" single '^255 '
blinks() { level_is "$1" 1 && within 5 level_is "$1" 0 && within 5 level_is "$1" 1; }
becomes "the stack's line flashes" 30 blinks LED_STACK
steady() { local _; for _ in 1 2 3 4 5 6 7 8 9 10; do level_is "$1" "$2" || return 1; pause; done; }
becomes "the cluster's line is steady, and low is light there" 30 steady LED_CLUSTER 0
systemctl stop mosquitto
becomes "and blinks when the broker is gone" 60 blinks LED_CLUSTER
systemctl start mosquitto
becomes "and is steady when it is back" 90 steady LED_CLUSTER 0

# Stopped, the agent gives back what it took; killed, it cannot, and the LED shows that nobody is there.
systemctl stop dvstakers-edge
has "the LED has its heartbeat again" "$(cat /sys/class/leds/lab:single/trigger)" "\[heartbeat\]"
has "and the line is nobody's" "$(gpioinfo pinctrl-lab | grep LED_STACK)" "unused"
systemctl start dvstakers-edge
within 60 plays single "$two"
kill -STOP "$(main_pid dvstakers-edge)"
systemctl kill -s KILL dvstakers-edge
within 60 plays single "$two"
has "after a crash the new agent has them again" "$(cat /sys/class/leds/lab:single/trigger)" "\[pattern\]"

# An LED that goes and comes.
finish other
start other probe uled lab:other 255
said other '^ready$'
becomes "an LED that comes back is taken again" 90 plays other "$fast"
configure /lab/edge.yaml
finish other
finish single
