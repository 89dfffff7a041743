# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# For scenarios about stopping and starting: a UPS by its registers (Waveshare UPS HAT (E), 0x2d), clients that write down what happens to them, and what the agent says.
record=/run/lab/order

little() { printf '0x%02x 0x%02x ' $(($1 & 255)) $((($1 >> 8) & 255)); }

# ups MAINS(1|0) PERCENT MINUTES CELL-MILLIVOLTS
ups() {
  # shellcheck disable=SC2046
  poke 0x2d 0x20 $(little $((4 * $4))) $(little $(($1 ? 500 : 64536))) $(little "$2") $(little 2000) $(little "$3") $(little 0) i
  # shellcheck disable=SC2046
  poke 0x2d 0x30 $(little "$4") $(little "$4") $(little "$4") $(little "$4") i
  poke 0x2d 0x02 $((0x0300 | $1 << 5)) w
}

# client FOLDER NAME SECONDS-TO-STOP [LINE...]: lab-NAME.service in that folder of units, with these lines at its end.
client() {
  local folder=$1 name=$2 seconds=$3
  shift 3
  {
    cat <<UNIT
[Service]
ExecStart=/lab/client $name $seconds $record
ExecStopPost=/bin/bash -c 'echo $name \$EXIT_CODE \$EXIT_STATUS >>$record'
TimeoutStopSec=600
UNIT
    [ $# = 0 ] || printf '%s\n' "$@"
  } >"$folder/lab-$name.service"
}

# named: the clients, as the configuration has them.
named() { printf '  %s\n' 'validator: lab-validator' 'consensus: lab-consensus' 'execution: lab-execution' "$@"; }

# The agent may manage these units and switch the box off, by the package's polkit rule; refuse takes it away, allow gives it back.
rule=/usr/share/polkit-1/rules.d/60-dvstakers-edge.rules
refuse() { mv "$rule" /run/lab/; }
allow() { mv "/run/lab/${rule##*/}" "$rule"; }

# A network that leads nowhere, and a kernel that is told what a time service would tell it: as much as can be had on a machine without either.
network() { ip link add dummy0 type dummy && ip address add 192.0.2.2/24 dev dummy0 && ip link set dummy0 up && ip route add default via 192.0.2.1; }
no_network() { ip link delete dummy0; }
# struct timex: modes (maximum error, estimated error, status), offset, frequency, both errors in microseconds, status (STA_PLL or STA_UNSYNC).
adjust() { perl -e 'exit(syscall(159, my $t = pack("Lx4q4lx4x160", 0x1c, 0, 0, $ARGV[0], $ARGV[0], $ARGV[1])) < 0)' "$@"; }
clock() { adjust 1000 1; }
no_clock() { adjust 16000000 64; }

# What another scenario's outage left behind, an agent that is given a UPS would go on with.
no_outage() { systemctl stop dvstakers-edge && rm -f /var/lib/dvstakers-edge/outage.json; }

health() { timeout 20 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/box/health' -C 1 2>/dev/null; }
source_is() { [ "$(health | jq -r .power.source)" = "$1" ]; }
condition() { health | jq -e --arg kind "$1" 'any(.conditions[]; .code == $kind)' >/dev/null; }
no_condition() { ! condition "$1"; }
running() { systemctl -q is-active lab-validator && systemctl -q is-active lab-consensus && systemctl -q is-active lab-execution; }
written() { grep -qx "$1" "$record"; }

fresh() { : >"$record"; }

# order: what happened, without the tries of a unit that has no network yet.
order() { grep -vE ' exited 1$|^[a-z]+ *$' "$record" | xargs; }
whole_stop='validator told validator down validator exited 0 consensus told consensus down consensus exited 0 execution told execution down execution exited 0'
whole_start='execution up consensus up validator up'

# plays LED PATTERN: what the kernel plays, as docs/panel.md has it.
plays() { local text; read -r text <"/sys/class/leds/lab:$1/pattern" && [ "$text" = "$2" ]; } 2>/dev/null
solid='255 20000 255 0 0 10 0 0'
fast='255 125 255 0 0 125 0 0'
flicker='255 60 255 0 0 60 0 0'
long_flicker='255 400 255 0 0 60 0 0 255 60 255 0 0 60 0 0'
dark='0 20000 0 0 0 10 0 0'
