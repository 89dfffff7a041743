# shellcheck shell=bash disable=SC2317
# Lines by chip label and name, and by offset on a chip without names; levels as gpio-sim has them.
start out probe out pinctrl-lab OUT_A
tell out 1; says "an output is set" out '^set 1$'
equals "gpio-sim sees it high" "$(level OUT_A)" 1
equals "and its neighbour low" "$(level OUT_B)" 0
tell out 0 && said out '^set 0$'
equals "gpio-sim sees it low" "$(level OUT_A)" 0
has "its user is named" "$(gpioinfo pinctrl-lab | grep OUT_A)" "hardware-probe.*output"
tell out release && said out '^set release$'
has "a line let go has no user" "$(gpioinfo pinctrl-lab | grep OUT_A)" "unused"
finish out

start low probe out pinctrl-lab OUT_B active-low
tell low 1 && said low '^set 1$'
equals "active-low: on is low" "$(level OUT_B)" 0
tell low 0 && said low '^set 0$'
equals "active-low: off is high" "$(level OUT_B)" 1
finish low

# Let go, an open-drain line is what the pull makes of it.
start drain probe out pinctrl-lab DRAIN open-drain
pull DRAIN up && tell drain 1 && said drain '^set 1$'
equals "open-drain: let go and pulled up it is high" "$(level DRAIN)" 1
tell drain 0 && said drain '^set 0$'
equals "open-drain: pulls low" "$(level DRAIN)" 0
# gpio-sim takes a line that is let go for an output all the same, and a new pull counts from the next request.
tell drain release && said drain '^set release$' && pull DRAIN down && tell drain 1 && said drain '^set 1$'
equals "open-drain: let go and pulled down it is low" "$(level DRAIN)" 0
finish drain

start bare probe out gpio9 5
tell bare 1 && said bare '^set 1$'
equals "a line by its offset" "$(level 5 bare)" 1
finish bare

pull IN_A up
equals "an input reads high" "$(probe in pinctrl-lab IN_A)" 1
pull IN_A down
equals "an input reads low" "$(probe in pinctrl-lab IN_A)" 0
equals "active-low turns it" "$(probe in pinctrl-lab IN_A active-low)" 1
equals "a pull-up of our own" "$(probe in pinctrl-lab IN_B pull-up)" 1

start edges probe edges pinctrl-lab IN_A
said edges '^ready$'
pull IN_A up; says "a rising edge" edges '^edge 1 1 [0-9]+$'
pull IN_A down; says "a falling edge" edges '^edge 0 2 [0-9]+$'
apart=$(sed -n 's/^edge . . //p' /run/lab/edges.out | xargs)
holds "with the kernel's times in order" test "${apart% *}" -le "${apart#* }"
holds "which are of this boot" test "${apart#* }" -le $(($(cut -d. -f1 /proc/uptime) * 1000 + 1000))
equals "waiting takes no processor time" "$(busy() { cut -d' ' -f14,15 "/proc/$(cat /run/lab/edges.pid)/stat"; }; a=$(busy); sleep 2; [ "$a" = "$(busy)" ] && echo none)" none
finish edges

pull IN_B down
start seen probe watch pinctrl-lab IN_B seldom
said seen '^level 0 look$'
pull IN_B up; says "the healing input is told by an edge" seen '^level 1 edge$'
pull IN_B down; says "and back" seen '^level 0 edge$'
finish seen
start polled probe watch pinctrl-lab IN_B poll
said polled '^level 0 look$'
pull IN_B up; says "and where there are no edges it looks" polled '^level 1 look$'
finish polled

# A pulse shorter than any look is not lost.
pull PULSE down
start pulse probe watch pinctrl-lab PULSE seldom
said pulse '^level 0 look$'
pull PULSE up && pull PULSE down
says "a short pulse: up" pulse '^level 1 edge$'
says "a short pulse: down" pulse '^level 0'
finish pulse

pull PULSE down
start calm probe edges pinctrl-lab PULSE debounce
said calm '^ready$'
for _ in 1 2 3; do pull PULSE up; pull PULSE down; done
sleep 1
equals "bouncing gives no edge" "$(grep -c '^edge' /run/lab/calm.out)" 0
pull PULSE up; says "a level that holds gives one" calm '^edge 1 1'
finish calm

gpioset --mode=signal pinctrl-lab 13=1 &
holder=$!
within 10 level_is HELD 1
has "a line in use names its user" "$(probe in pinctrl-lab HELD)" "^error 16 heals .*HELD.*in use by 'gpioset'"
start waits probe out pinctrl-lab HELD
tell waits 0 && said waits '^error 16'
kill "$holder"
wait "$holder" || true
again() { tell waits 1 && said waits '^set 1$' 2; }
becomes "and is ours when it is free" 20 again
finish waits

has "no such line" "$(probe in pinctrl-lab NOWHERE)" "^error 2 heals .*NOWHERE: no line of the chip has this name"
has "two lines of one name" "$(probe in pinctrl-lab TWIN)" "2 lines of the chip have this name, at 15, 16"
has "no such offset" "$(probe in gpio9 8)" "^error 2 .*the chip has 8 lines"
has "no such chip" "$(probe in pinctrl-other GPIO17)" "^error 2 heals .*there are: .*pinctrl-lab"

# The chip goes and comes back, as an expander that is unplugged.
start held probe out gpio9 2
start lost probe watch gpio9 1
tell held 1 && said held '^set 1$'
said lost '^level 0'
echo 0 >/sys/kernel/config/gpio-sim/bare/live
tell held 1; says "an output of a chip that is gone" held '^error (19|2) heals'
says "an input of a chip that is gone" lost '^error (19|2) heals'
echo 1 >/sys/kernel/config/gpio-sim/bare/live
again() { tell held 1 && said held '^set 1$' 2; }
becomes "the output heals" 20 again
equals "gpio-sim sees it" "$(level 2 bare)" 1
pull 1 up bare; says "the input heals" lost '^level [01]'
holds "and neither has died" kill -0 "$(cat /run/lab/held.pid)" "$(cat /run/lab/lost.pid)"
finish held
finish lost
