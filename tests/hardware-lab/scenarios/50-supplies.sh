# shellcheck shell=bash
# power_supply and hwmon of real drivers.
modprobe test_power
within 10 test -e /sys/class/power_supply/test_ac
has "mains" "$(probe supply test_ac)" "type=Mains online=True"
echo off >/sys/module/test_power/parameters/ac_online
has "mains gone" "$(probe supply test_ac)" "type=Mains online=False"
echo discharging >/sys/module/test_power/parameters/battery_status
echo 42 >/sys/module/test_power/parameters/battery_capacity
has "a battery that is used" "$(probe supply test_battery)" "type=Battery .*status=Discharging capacity=42 .*troubles=0"
has "no such supply" "$(probe supply test_nothing)" "^error 2 heals"

poke 0x48 0x00 0x001d w # 29 degrees, higher byte first
echo lm75 0x48 >"/sys/bus/i2c/devices/i2c-$(stub_bus)/new_device"
modprobe lm75
within 10 grep -q lm75 /sys/class/hwmon/hwmon*/name
has "a temperature" "$(probe sensors)" "lm75 temp1 Celsius 29"
echo 0x48 >"/sys/bus/i2c/devices/i2c-$(stub_bus)/delete_device"
