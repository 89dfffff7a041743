# shellcheck shell=bash
# As the agent's own user and in its unit's sandbox: what is refused says how to help it, and a group that comes late heals.
node=$(for n in /dev/gpiochip*; do gpioinfo "${n#/dev/}" | grep -q OUT_C && echo "$n"; done)
sandbox() { # NAME PROPERTY... -- COMMAND...: the agent's unit with another program
  local name=$1 properties=()
  shift
  while [ "$1" != -- ]; do properties+=(-p "$1") && shift; done
  shift
  systemd-run -q --pipe --wait --collect --unit "$name" -p User=dvstakers-edge "${properties[@]}" "$@"
}
closed=(DevicePolicy=closed "DeviceAllow=char-gpiochip rw" "DeviceAllow=char-i2c rw" ProtectKernelTunables=yes ReadWritePaths=-/sys/devices
  ProtectSystem=strict NoNewPrivileges=yes CapabilityBoundingSet= MemoryDenyWriteExecute=yes)
unit=/usr/lib/systemd/system/dvstakers-edge.service
for property in "${closed[@]}"; do holds "the agent's unit has $property" grep -qxF "$property" "$unit"; done

pull IN_A up
equals "a line in the agent's sandbox" "$(sandbox probe-gpio "${closed[@]}" -- /lab/bin/probe in pinctrl-lab IN_A)" 1
poke 0x36 0x02 0xd0c1 w
equals "a chip in the agent's sandbox" "$(sandbox probe-i2c "${closed[@]}" -- /lab/bin/probe i2c "SMBus stub driver" 0x36 rw 2)" 0xd0c1
has "without DeviceAllow it says what the unit needs" "$(sandbox probe-closed DevicePolicy=closed -- /lab/bin/probe in pinctrl-lab IN_A)" "^error 1 stays .*DeviceAllow=char-gpiochip rw"

# Before udev has been there.
chown root:root "$node" && chmod 600 "$node"
start late runuser -u dvstakers-edge -- /lab/bin/probe watch pinctrl-lab OUT_C
says "a device whose group is not set yet" late '^error 13 heals .*udev rules.*gpio'
udevadm trigger --action=change "/sys/class/gpio/${node#/dev/}" 2>/dev/null || udevadm trigger --action=change --name-match="$node"
says "heals when the rule has set it" late '^level [01]'
finish late

start lamp probe uled lab:own 255
said lamp '^ready$'
writable() { [ "$(stat -c %G /sys/class/leds/lab:own/"$1")" = dvstakers-edge ]; }
becomes "the LED is given to the agent" 20 writable trigger
equals "which lights it in its sandbox" "$(sandbox probe-led "${closed[@]}" -- /lab/bin/probe led lab:own steady 9)" "done"
says "and it shines" lamp '^9 '
# A trigger's attributes are new files of root's until udev has seen the change: the first try may fail, one of the next does not.
patterned() { [ "$(sandbox "probe-pattern-$RANDOM" "${closed[@]}" -- /lab/bin/probe led lab:own pattern 1 255:300 0:300)" = "done" ]; }
becomes "and gives it a pattern" 30 patterned
says "which the kernel plays" lamp '^255 '
has "with /sys read-only it says what the unit needs" "$(sandbox probe-ro ProtectKernelTunables=yes -- /lab/bin/probe led lab:own steady 9)" "^error 30 stays .*ReadWritePaths"
finish lamp
