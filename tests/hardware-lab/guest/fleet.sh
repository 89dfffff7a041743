# shellcheck shell=bash disable=SC2034,SC2154,SC2317  # Conditions are called by name; what scenarios and this file know of each other is set in one and read in the other.
# One agent for each model of UPS on I2C, all at once, on chips that are the tables of /lab/registers in i2c-stub. Read after lib.sh.
# Models that differ by nothing in their registers read the same chip. Bash alone wherever it can: twenty agents share one emulated processor with it.
declare -A table_of=() address_of=() port_of=() states_of=() bytes_of=() expected=()
models=() tables=() addresses=() boards=()
answer='' value='' number=0 mains=mains

read_tables() {
  local file table line state='' model words
  for file in /lab/registers/*.txt; do
    table=${file##*/} table=${table%.txt}
    tables+=("$table")
    while IFS= read -r line; do
      read -ra words <<<"$line"
      case $line in
        '#'* | '') ;;
        model*) for model in "${words[@]:1}"; do models+=("$model") && table_of[$model]=$table; done ;;
        address*) take_address "$table" "${words[1]}" ;;
        state*) state=${words[1]} && states_of[$table]+=" $state " ;;
        expect*) expected[$table/$state]=${line#expect } ;;
        *) bytes_of[$table/$state]+=" ${words[0]}$(IFS= && printf '%s' "${words[*]:1}")" ;;
      esac
    done <"$file"
  done
}

# take_address TABLE ADDRESS: where another kind of chip is already, a jumper moves this one (the INA219 and INA226 boards have them). Gauges of one or two cells differ by
# what is made of their registers alone, and share one.
take_address() {
  local address=$2
  if [[ $1 != max* ]]; then
    while [[ " ${addresses[*]} " == *" $address "* ]]; do address=$(printf '0x%02x' $((address + 1))); done
  fi
  if [[ " ${addresses[*]} " != *" $address "* ]]; then addresses+=("$address"); fi
  address_of[$1]=$address
}

# A GPIO chip of its own for what is wired to lines: none of them shares one.
board() { # MODEL LINE=NAME...
  local folder=/sys/kernel/config/gpio-sim/$1 line
  mkdir -p "$folder/bank0"
  echo 8 >"$folder/bank0/num_lines"
  echo "lab-$1" >"$folder/bank0/label"
  for line in "${@:2}"; do
    mkdir "$folder/bank0/line${line%=*}"
    echo "${line#*=}" >"$folder/bank0/line${line%=*}/name"
  done
  echo 1 >"$folder/live"
  boards+=("$1")
}

boards_live() { local one; for one in "${boards[@]}"; do echo "$1" >"/sys/kernel/config/gpio-sim/$one/live"; done; }

remove_boards() {
  local one
  boards_live 0
  for one in "${boards[@]}"; do
    rmdir /sys/kernel/config/gpio-sim/"$one"/bank0/line* "/sys/kernel/config/gpio-sim/$one/bank0" "/sys/kernel/config/gpio-sim/$one"
  done
  boards=()
}

# What is wired beside the chip: nothing, a Geekworm board's own line, or one that is configured.
wiring() {
  case $1 in
    geekworm-*) printf '  gpio-chip: lab-%s\n' "$1" ;;
    max1704[0-3]) printf '  gpio-chip: lab-%s\n  mains-line: MAINS\n  mains-when: high\n' "$1" ;;
    max*) printf '  gpio-chip: lab-%s\n  mains-line: MAINS\n  mains-when: low\n' "$1" ;;
  esac
}

# mains_are on|off: the lines; chips that tell the mains themselves do so by their state.
mains_are() {
  local one with=up without=down
  [ "$1" = on ] || with=down without=up
  mains=$([ "$1" = on ] && echo mains || echo battery)
  for one in "${boards[@]}"; do
    case $one in
      geekworm-x728 | max1704[4-9]) pull 6 "$without" "$one" ;;
      geekworm-x12* | max1704[0-3]) pull 6 "$with" "$one" ;;
    esac
  done
}

# agent MODEL LINES-OF-POWER...: one more agent, with its own name, state and status port.
agent() {
  local home=/run/lab/fleet/$1
  mkdir -p "$home"
  port_of[$1]=$((5100 + ${#port_of[@]}))
  {
    printf 'box: %s\nstacks:\n  - name: none\n    beacon-node: http://127.0.0.1:9\nmqtt:\n  host: 127.0.0.1\n' "$1"
    printf 'proxy:\n  listen: 127.0.0.1:0\nstatus:\n  listen: 127.0.0.1:%s\npower:\n  model: %s\n  power-off: no\n' "${port_of[$1]}" "$1"
    printf '  %s\n' "${@:2}"
  } >"$home/edge.yaml"
  # Without a systemctl: its look at every known unit, twenty times over, is what an emulated processor has no time for.
  start "$1" env PATH="$home" STATE_DIRECTORY="$home" /usr/bin/dvstakers-edge run --config "$home/edge.yaml"
}

start_fleet() {
  local model table lines
  systemctl stop dvstakers-edge
  read_tables
  rmmod i2c-stub
  # shellcheck disable=SC2046
  modprobe i2c-stub chip_addr="$(IFS=, && echo "${addresses[*]}")"
  start bench probe bench "SMBus stub driver"
  for model in "${models[@]}"; do
    case $model in geekworm-*) board "$model" 6=GPIO6 ;; max*) board "$model" 6=MAINS ;; esac
  done
  mains_are on
  play full
  for model in "${models[@]}"; do
    table=${table_of[$model]}
    mapfile -t lines < <(wiring "$model")
    agent "$model" "bus: SMBus stub driver" "address: ${address_of[$table]}" "${lines[@]#  }"
  done
}

stop_fleet() {
  local name pid
  fault 0
  for name in "${!port_of[@]}" bench; do
    read -r pid <"/run/lab/$name.pid" && kill "$pid" 2>/dev/null
  done
  wait
  remove_boards
  within 20 rmmod i2c-stub
  modprobe i2c-stub chip_addr=0x36,0x40,0x48,0x2d,0x17,0x14
}

# fault NUMBER: from now on no chip answers, and the bus says this error; 0: they answer.
fault() { echo "$1" >/sys/module/i2c_stub/parameters/fault; }

# play STATE: every chip whose table has it is in it.
play() {
  local table
  for table in "${tables[@]}"; do
    if has_state "$table" "$1"; then tell bench "${address_of[$table]}${bytes_of[$table/$1]}"; fi
  done
}

has_state() { [[ ${states_of[$1]} == *" $2 "* ]]; }

# having STATE: the models whose table has it.
having() { local model; some=(); for model in "${models[@]}"; do if has_state "${table_of[$model]}" "$1"; then some+=("$model"); fi; done; }

# look MODEL: its agent's word of the power in $answer, as `power show --json` has it.
look() {
  local fd
  answer=''
  { exec {fd}<>"/dev/tcp/127.0.0.1/${port_of[$1]}"; } 2>/dev/null || return 1
  printf 'GET /power HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&"$fd"
  IFS= read -r -d '' -t 10 -u "$fd" answer
  exec {fd}>&-
  [[ $answer == *'"source"'* ]]
}

# field NAME: of the last answer, in $value.
field() { [[ $answer =~ \"$1\":\ (\"([^\"]*)\"|[^,$'\n']*) ]] && value=${BASH_REMATCH[2]:-${BASH_REMATCH[1]}}; }

is() { field "$1" && [ "$value" = "$2" ]; }

like() { field "$1" && [[ $value == *"$2"* ]]; }

# The whole answer: problems are a list.
tells() { [[ $answer == *"$1"* ]]; }

milli() { local rest=000; if [[ $1 == *.* ]]; then rest=${1#*.}000; fi; number=$((10#${1%%.*} * 1000 + 10#${rest:0:3})); }

# near NAME WANTED MILLI
near() {
  local wanted
  field "$1" && [[ $value =~ ^[0-9.]+$ ]] || return 1
  milli "$2" && wanted=$number && milli "$value"
  ((number >= wanted - $3 && number <= wanted + $3))
}

# as_table STATE MODEL: what the table expects of this state is what the agent says.
as_table() {
  local words source low=false at
  read -ra words <<<"${expected[${table_of[$2]}/$1]}"
  case ${words[1]} in yes) source=mains ;; no) source=battery ;; *) source=$mains ;; esac
  if [[ " ${words[*]} " == *' low '* && $source == battery ]]; then low=true; fi
  is source "$source" && is low "$low" && is trouble null && near charge_percent "${words[3]}" 1000 && near volts "${words[5]}" 20 || return 1
  for at in "${!words[@]}"; do
    if [ "${words[at]}" = minutes ]; then is run_time_left_seconds $((words[at + 1] * 60)) || return 1; fi
  done
}

# named STATE MODEL: the nonsense of this state is not believed, and said to be what it is.
named() { like trouble "${expected[${table_of[$2]}/$1]#nonsense }" && tells 'What the UPS says cannot be'; }

silent() { like trouble "$1" && tells 'The UPS cannot be read'; }

# each WHAT SECONDS CHECK...: comes to hold of each of $some within that time, each asked again and again.
each() {
  local what=$1 until=$((SECONDS + $2)) left=("${some[@]}") still model
  shift 2
  while true; do
    still=()
    for model in "${left[@]}"; do look "$model" && "$@" "$model" || still+=("$model"); done
    left=("${still[@]}")
    if [ "${#left[@]}" = 0 ] || [ "$SECONDS" -ge "$until" ]; then break; fi
    pause
  done
  for model in "${left[@]}"; do
    look "$model"
    no "$what: $model" "$answer"
  done
  [ "${#left[@]}" -gt 0 ] || ok "$what (${#some[@]} models)"
}
