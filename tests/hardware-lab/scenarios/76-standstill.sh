# shellcheck shell=bash disable=SC2317
# What takes minutes: the run time left by the slope of the charge, and readings that stand still. The guest's clock is set forward by steps that are no silence, and once by hours.
# shellcheck source-path=SCRIPTDIR source=../guest/fleet.sh
. /lab/fleet.sh

# hurry SECONDS: nine seconds of the clock in each.
hurry() {
  local n
  for ((n = 0; n < $1; n++)); do
    date -s "@$((EPOCHSECONDS + 8))" >/dev/null
    for _ in 1 2 3 4 5; do pause; done
  done
}

start_fleet
some=("${models[@]}")
each "on mains" 120 as_table full
mains_are off
play discharging
each "on battery" 60 as_table discharging

# Hours on: a board without a clock of its own is told the time. Nobody was silent, and nothing ends.
date -s "@$((EPOCHSECONDS + 10800))" >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do pause; done
unmoved() { as_table discharging "$1" && is stopping false; }
each "a clock that is set by hours is no silence of the UPS" 5 unmoved

# The gauges empty by half a per cent in each of these steps, the others stand still.
step=0
gauges() { printf -v value '04:%04x' $((0x3440 - step * 128)); for table in "${tables[@]}"; do [[ $table != max* ]] || tell bench "${address_of[$table]} $value"; done; }
for ((step = 0; step < 45; step++)); do
  gauges
  hurry 1
done
some=()
for model in "${models[@]}"; do case $model in max* | geekworm-*) some+=("$model") ;; esac; done
# 0.5 % in 9 s and a little more that each step takes: of the 30 % that are left, some nine minutes.
slope() { field run_time_left_seconds && [[ $value =~ ^[0-9]+$ ]] && ((value > 300 && value < 1200)); }
each "the run time left by the slope of the charge" 10 slope

hurry 30
frozen() { is source battery && is low true && like trouble "on battery it has said exactly the same for"; }
some=()
for model in "${models[@]}"; do case $model in max* | geekworm-*) ;; *) some+=("$model") ;; esac; done
each "readings that stand still on battery are not believed" 10 frozen
play at-45
some=("${models[@]}")
each "and are again when they move" 60 as_table at-45
stop_fleet
configure /lab/edge.yaml
