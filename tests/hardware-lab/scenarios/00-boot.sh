# shellcheck shell=bash
# The machine itself: what the files in systemd/ make of it.
becomes "the boot is complete" 120 eval 'systemctl is-system-running | grep -qE "running|degraded"'
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
equals "the GPIO chips belong to gpio" "$(stat -c '%G %a' /dev/gpiochip* | sort -u)" "gpio 660"
equals "the I2C bus belongs to i2c" "$(stat -c '%G %a' "/dev/i2c-$(stub_bus)")" "i2c 660"
equals "systemd knows the devices" "$(systemctl show -P ActiveState dev-gpiochip0.device "dev-i2c\\x2d$(stub_bus).device" | sort -u | xargs)" "active"
for trigger in timer pattern; do holds "the trigger $trigger is loaded" grep -q "^ledtrig_$trigger " /proc/modules; done
has "gpiodetect sees both chips" "$(gpiodetect | sort | xargs)" "\[gpio9\] \(8 lines\).*\[pinctrl-lab\] \(24 lines\)|\[pinctrl-lab\] \(24 lines\).*\[gpio9\] \(8 lines\)"
