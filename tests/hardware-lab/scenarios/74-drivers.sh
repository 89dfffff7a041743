# shellcheck shell=bash disable=SC2317
# A chip that a kernel driver owns: the agent leaves it to the driver and reads what that shows.
# shellcheck source-path=SCRIPTDIR source=../guest/fleet.sh
. /lab/fleet.sh

bus=/sys/bus/i2c/devices/i2c-$(stub_bus)
shows() { dvstakers-edge power show --json 2>/dev/null | jq -e "$1" >/dev/null; }
# The lab's own side of a chip that is in use.
under() { i2cset -y -f "$(stub_bus)" "$@"; }
section() { cat /lab/edge.yaml && printf 'power:\n  power-off: no\n  bus: SMBus stub driver\n' && printf '  %s\n' "$@"; }

# INA226: shunt, bus, and the current, which the real chip works out by the calibration that the driver writes.
ina226() { under 0x40 0x01 "$1" w; under 0x40 0x04 "$1" w; under 0x40 0x02 "$2" w; }
ina226 0x2800 0x200d # as full in tests/registers: 4.2 V
section "model: ina226-1s" >/run/lab/ina226.yaml
systemctl stop dvstakers-edge
echo ina226 0x40 >"$bus/new_device"
modprobe ina2xx
within 10 test -e "$bus/$(stub_bus)-0040/hwmon"
has "ina2xx owns the chip" "$(probe i2c "SMBus stub driver" 0x40 rb 0)" "^error 16 .*in use by the kernel driver ina2xx"
configure /run/lab/ina226.yaml
becomes "the voltage and the mains by hwmon" 60 shows '.source == "mains" and .volts == 4.2 and .charge_percent == 100'
ina226 0x40ed 0x400b # -1.2 A, 3.6 V
becomes "mains lost, by the direction of its current" 60 shows '.source == "battery" and .volts == 3.6 and (.amperes + 1.2 | fabs) < 0.02'
ina226 0x2800 0x0201
becomes "a voltage of no battery is nonsense there too" 60 shows '.problems | any(test("is not a voltage of this battery"))'
ina226 0x2800 0x400b
becomes "and heals" 60 shows '.source == "mains" and .volts == 3.6'
echo 0x40 >"$bus/delete_device"
under 0x40 0x02 0x200d w
becomes "without the driver the agent reads the chip itself" 60 shows '.source == "mains" and .volts == 4.2'

# A gauge whose driver knows nothing of mains: those are the board's line all the same.
board drivers-x728 6=GPIO6
pull 6 down drivers-x728
poke 0x36 0x02 0x00c0 w # 3.84 V
poke 0x36 0x04 0x0049 w # 73 %
section "model: geekworm-x728" "gpio-chip: lab-drivers-x728" >/run/lab/x728.yaml
systemctl stop dvstakers-edge
echo max17040 0x36 >"$bus/new_device"
modprobe max17040_battery
within 10 test -e "$bus/$(stub_bus)-0036/power_supply/battery"
configure /run/lab/x728.yaml
becomes "a gauge by its power_supply, mains by the line" 60 shows '.source == "mains" and .volts == 3.84 and .charge_percent == 73'
pull 6 up drivers-x728
becomes "mains lost" 60 shows '.source == "battery" and .charge_percent == 73'
systemctl stop dvstakers-edge
echo 0x36 >"$bus/delete_device"
remove_boards
configure /lab/edge.yaml
