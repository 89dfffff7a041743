#!/bin/bash
# The simulated hardware: two GPIO chips (one without names), one I2C bus with chips, and the ground for LEDs.
set -eu
modprobe -a configfs gpio-sim uleds ledtrig-heartbeat
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config

bank() {
  local bank=/sys/kernel/config/gpio-sim/$1/bank0 label=$2 count=$3 at=0 name
  shift 3
  mkdir -p "$bank"
  echo "$count" >"$bank/num_lines"
  echo "$label" >"$bank/label"
  for name in "$@"; do
    mkdir "$bank/line$at"
    echo "$name" >"$bank/line$at/name"
    at=$((at + 1))
  done
  echo 1 >"${bank%/bank0}/live"
}
bank box pinctrl-lab 24 LED_STACK LED_VALIDATOR LED_POWER LED_CLUSTER AC_LOST BATT_LOW REPLACE PULSE OUT_A OUT_B OUT_C IN_A IN_B HELD DRAIN TWIN TWIN
bank bare gpio9 8

# 0x36 MAX170xx, 0x40 INA219, 0x48 LM75, 0x2d, 0x17 and 0x14 UPSes; 0x41 has no chip.
modprobe i2c-stub chip_addr=0x36,0x40,0x48,0x2d,0x17,0x14
