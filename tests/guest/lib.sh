# shellcheck shell=bash disable=SC2154,SC2317  # The runner sets $scenario; conditions are called by name.
# What scenarios are written with; without processes where bash can do it itself, since under emulation each costs. What they assert is read from the kernel's side: gpio-sim, i2c-stub, uleds, the journal, the broker.
export PATH=/lab/bin:/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C.UTF-8
declare -A asked=() seen=() offsets=()

ok() { printf 'PASS %s: %s\n' "$scenario" "$1" >&3; printf 'ok %s\n' "$1"; }

no() { printf 'FAIL %s: %s (%s)\n' "$scenario" "$1" "${2//$'\n'/ | }" >&3; printf 'FAILED %s: %s\n' "$1" "$2"; }

# skip WHY: ends the scenario; the host tells that it was left out.
skip() { printf 'SKIP %s: %s\n' "$scenario" "$1" >&3; exit 0; }

# equals WHAT GOT WANTED
equals() { if [ "$2" = "$3" ]; then ok "$1"; else no "$1" "got '$2', wanted '$3'"; fi; }

# has WHAT TEXT REGEX
has() { if [[ $2 =~ $3 ]]; then ok "$1"; else no "$1" "nothing like '$3' in '$2'"; fi; }

# holds WHAT COMMAND...: the command succeeds.
holds() { local what=$1; shift; if "$@"; then ok "$what"; else no "$what" "not so: $*"; fi; }

# becomes WHAT SECONDS COMMAND...: the command succeeds within that time.
becomes() {
  local what=$1 limit=$2
  shift 2
  if within "$limit" "$@"; then ok "$what"; else no "$what" "not within $limit s: $*"; fi
}

within() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    pause
  done
}

mkfifo "/run/lab/never.$$"
exec {never}<>"/run/lab/never.$$"

# pause: a fifth of a second.
pause() { read -r -t 0.2 -u "$never" || true; }

# start NAME COMMAND...: runs beside the scenario; tell NAME LINE writes to it, says NAME ... reads from it.
start() {
  local name=$1 fd
  shift
  mkfifo "/run/lab/$name.in"
  : >"/run/lab/$name.out"
  exec {fd}<>"/run/lab/$name.in"
  asked[$name]=$fd
  seen[$name]=0
  # Not our descriptors: an input that ends must be seen to end, and the results are not its to write.
  (
    for fd in "${asked[@]}"; do exec {fd}>&-; done
    exec 3>&- "$@"
  ) <"/run/lab/$name.in" >>"/run/lab/$name.out" 2>&1 &
  printf '%s\n' "$!" >"/run/lab/$name.pid"
}

tell() { printf '%s\n' "$2" >&"${asked[$1]}"; }

# says WHAT NAME REGEX [SECONDS]: one of the lines that it has written since the last line we took.
says() { if said "$2" "$3" "${4:-30}"; then ok "$1"; else no "$1" "no '$3' in: $(unsaid "$2")"; fi; }

# unsaid NAME: the lines that were not taken yet.
unsaid() { tail -n "+$((${seen[$1]} + 1))" "/run/lab/$1.out"; }

said() {
  local until=$((SECONDS + ${3:-30})) lines line at
  while true; do
    mapfile -t -s "${seen[$1]}" lines <"/run/lab/$1.out"
    at=${seen[$1]}
    for line in "${lines[@]}"; do
      at=$((at + 1))
      if [[ $line =~ $2 ]]; then
        seen[$1]=$at
        return
      fi
    done
    [ "$SECONDS" -lt "$until" ] || return 1
    pause
  done
}

# finish NAME: ends its input, and then it.
finish() {
  local fd=${asked[$1]} pid
  exec {fd}>&-
  read -r pid <"/run/lab/$1.pid"
  if ! within 10 gone "$pid"; then kill "$pid"; fi
  wait "$pid" 2>/dev/null || true
  rm -f "/run/lab/$1.in"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# The kernel's side of a simulated line: chip box or bare, a name or an offset. sim LINE CHIP leaves its folder in $simulated.
sim() {
  local line name device
  if [ "${#offsets[@]}" = 0 ]; then
    for line in /sys/kernel/config/gpio-sim/box/bank0/line*; do
      read -r name <"$line/name" && offsets[$name]=${line##*line}
    done
  fi
  read -r device <"/sys/kernel/config/gpio-sim/$2/dev_name"
  for line in /sys/devices/platform/"$device"/gpiochip*/sim_gpio"${offsets[$1]:-$1}"; do simulated=$line; done
}

level() { local value; sim "$1" "${2:-box}" && read -r value <"$simulated/value" && echo "$value"; }

level_is() { local value; sim "$1" "${3:-box}" && read -r value <"$simulated/value" && [ "$value" = "$2" ]; }

pull() { sim "$1" "${3:-box}" && echo "pull-$2" >"$simulated/pull"; }

stub_bus() {
  local name text
  for name in /sys/bus/i2c/devices/i2c-*/name; do
    read -r text <"$name"
    if [[ $text == *'SMBus stub'* ]]; then name=${name%/name} && echo "${name##*i2c-}"; fi
  done
}

# The stub's registers. Words as i2c-tools have them: the lower byte first.
peek() { i2cget -y "$(stub_bus)" "$@"; }
poke() { i2cset -y "$(stub_bus)" "$@"; }

main_pid() { systemctl show -P MainPID "$1"; }

log_of() { journalctl -o cat -u "$1" --no-pager; }

log_has() { log_of "$1" | grep -qE -- "$2"; }

# shellcheck disable=SC2046  # One word for each job.
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

# configure FILE: gives the agent this configuration and waits until it runs with it.
configure() {
  cp "$1" /etc/dvstakers-edge/edge.yaml
  systemctl reset-failed dvstakers-edge 2>/dev/null || true
  systemctl restart dvstakers-edge || no "the agent takes the configuration" "$(log_of dvstakers-edge | tail -n 5)"
}
