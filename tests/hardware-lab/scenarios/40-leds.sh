# shellcheck shell=bash
# /sys/class/leds; what the light does comes out of uleds.
start lamp probe uled lab:status 255
said lamp '^ready$'
within 10 test -e /sys/class/leds/lab:status/brightness
equals "an LED as it is" "$(probe led lab:status show)" "0 of 255 by none"
probe led lab:status steady 200 >/dev/null; says "steady" lamp '^200 '
probe led lab:status steady 0 >/dev/null; says "off" lamp '^0 '

probe led lab:status timer 300 300 >/dev/null
says "the timer blinks: on" lamp '^255 '
says "the timer blinks: off" lamp '^0 '
says "and on again" lamp '^255 '
equals "it is the kernel that blinks" "$(cat /sys/class/leds/lab:status/delay_on)" 300
probe led lab:status steady 0 >/dev/null

probe led lab:status pattern 2 255:400 0:400 7:400 0:400 >/dev/null
for light in 255 0 7 0 255 0 7 0; do says "a pattern with hard edges: $light" lamp "^$light "; done
sleep 2
equals "and it ends after its repeats" "$(unsaid lamp)" ""

echo heartbeat >/sys/class/leds/lab:status/trigger
memory=$(probe led lab:status remember)
equals "what was there is remembered" "$memory" "trigger=heartbeat;brightness=0;invert=0"
probe led lab:status pattern -1 255:200 0:200 >/dev/null
has "the pattern has replaced it" "$(probe led lab:status show)" "by pattern"
probe led lab:status restore "$memory" >/dev/null
has "and it is restored" "$(cat /sys/class/leds/lab:status/trigger)" "\[heartbeat\]"

has "a trigger that the kernel lacks" "$(probe led lab:status trigger nonsense)" "^error 22 heals .*no trigger 'nonsense' now; modprobe ledtrig-nonsense"
finish lamp
has "an LED that is gone" "$(probe led lab:status steady 1)" "^error 2 heals"
start lamp probe uled lab:status 255
said lamp '^ready$' && within 10 test -e /sys/class/leds/lab:status/brightness
equals "and back" "$(probe led lab:status steady 1)" "done"
finish lamp
