# shellcheck shell=bash disable=SC2317
# Every model of UPS on I2C by its registers, all at once, one agent each: a discharge, mains lost and back, nonsense, a chip and a bus that are gone; and dry contacts.
# shellcheck source-path=SCRIPTDIR source=../guest/fleet.sh
. /lab/fleet.sh

# What goes over the bus, and who writes: the kernel's own trace. The bench is the program "probe".
trace=/sys/kernel/tracing
mountpoint -q "$trace" || mount -t tracefs tracefs "$trace"
echo 'comm != "probe"' >"$trace/events/smbus/smbus_write/filter"
for event in write read; do echo 1 >"$trace/events/smbus/smbus_$event/enable"; done

start_fleet
board dry-contacts 1=BATTERY 2=LOW 3=REPLACE
for line in 1 2 3; do pull "$line" up dry-contacts; done
agent dry-contacts "gpio-chip: lab-dry-contacts" "battery-line: BATTERY" "low-line: LOW" "replace-line: REPLACE"
some=("${models[@]}")
each "on mains, with the charge and the voltage of the registers" 120 as_table full

mains_are off
for state in at-85 at-70 discharging; do
  play "$state"
  each "discharge: $state" 30 as_table "$state"
done
# What the broker has, and so every peer.
said_on_battery() { [ "$(mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/+/health' --retained-only -W 4 2>/dev/null | jq -r 'select(.power.source == "battery" and (.conditions | any(.code == "on-battery"))) | .box' | sort -u | wc -l)" = "${#models[@]}" ]; }
becomes "the peers hear of it from each of them (${#models[@]} models)" 60 said_on_battery
for state in at-45 at-25 nearly-empty; do
  play "$state"
  each "discharge: $state" 30 as_table "$state"
done
mains_are on
play full
each "mains are back" 40 as_table full

for state in micro-usb gpio-input charging over-100; do
  having "$state"
  play "$state"
  each "$state" 30 as_table "$state"
done
play full
some=("${models[@]}")
each "full again" 30 as_table full

# Steps that no battery makes, another one with every reading or two.
jump() { local state; for state in discharging nearly-empty; do play "$state"; for _ in 1 2 3 4 5; do pause; done; done; }
jumped() { like trouble "its charge went from" && tells 'What the UPS says cannot be'; }
while true; do jump; done &
each "a charge that jumps about is not believed" 60 jumped
kill $!

# From here on they are without a good reading, and each trouble shows as it comes.
for state in stuck-high stuck-low garbage no-battery half-read another-chip wrong-checksum links-broken cell-gone; do
  having "$state"
  play "$state"
  each "nonsense: $state" 40 named "$state"
done
some=("${models[@]}")
fault 6
each "a chip that is gone" 30 silent "the chip does not answer"
fault 110
each "a bus that hangs" 30 silent "the bus or the chip hangs"
fault 0
play full
boards_live 0
some=("${boards[@]}")
each "a GPIO chip that is gone" 40 silent "lab-"
boards_live 1
for line in 1 2 3; do pull "$line" up dry-contacts; done
mains_are on
some=("${models[@]}")
each "all heals" 60 as_table full

mains_are off
play discharging
each "on battery once more" 40 as_table discharging
fault 110
ending() { is source battery && is low true && like reason "counts as ending"; }
each "a bus that hangs on battery counts as the battery's end" 60 ending
fault 0
mains_are on
play full
each "and heals" 60 as_table full

mains_are off
for state in uncalibrated-after-power-loss no-time-yet; do
  having "$state"
  play "$state"
  each "$state" 40 as_table "$state"
done
mains_are on
having reports-double
play reports-double
each "reports-double" 40 as_table reports-double

# Dry contacts: closed is low.
some=(dry-contacts)
contact() { is source "$1" && is low "$2"; }
each "contacts: all open" 30 contact mains false
pull 1 down dry-contacts
each "contacts: on battery" 30 contact battery false
pull 2 down dry-contacts
each "contacts: low" 30 contact battery true
pull 3 down dry-contacts
new_battery() { tells 'The UPS asks for a new battery'; }
each "contacts: replace" 30 new_battery
for line in 1 2 3; do pull "$line" up dry-contacts; done
each "contacts: mains are back" 30 contact mains false

for event in write read; do echo 0 >"$trace/events/smbus/smbus_$event/enable"; done
equals "no agent wrote a register" "$(grep -c smbus_write: "$trace/trace")" 0
planned() {
  local table transfer kind
  for table in "${tables[@]}"; do
    for transfer in ${bytes_of[$table/full]}; do
      case ${#transfer} in 5) kind=BYTE_DATA ;; 7) kind=WORD_DATA ;; *) kind=I2C_BLOCK_DATA ;; esac
      printf '%03x %x %s\n' "${address_of[$table]}" "$((16#${transfer%%:*}))" "$kind"
    done
  done | sort -u
}
equals "what was asked: those addresses, those registers, nothing else" \
  "$(sed -n 's/.*smbus_read: i2c-[0-9]* a=\([0-9a-f]*\) f=[0-9a-f]* c=\([0-9a-f]*\) \([A-Z0-9_]*\).*/\1 \2 \3/p' "$trace/trace" | sort -u)" "$(planned)"
stop_fleet
configure /lab/edge.yaml
