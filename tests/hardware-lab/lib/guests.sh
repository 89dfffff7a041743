# shellcheck shell=bash disable=SC2154
# The scenarios, spread over guests that run side by side. Needs $here, boot.sh and boots.sh.

# What leaves the machine as a scenario found it can share one with others. Of about the same length each; the longest first.
spread=(
  "outage"
  "profiles,drivers"
  "standstill"
  "power,return,nut"
  "boot,agent,gpio,i2c,leds,supplies,permissions,button,panel"
)

# guests: all that were asked for, at most $at_once at a time; what each found is in $logs/results.
guests() {
  local group chosen names
  # A scenario that is in no guest would be left out and nobody would know.
  names=$(IFS=, && printf ',%s,' "${spread[*]}")
  for group in "$here"/scenarios/*.sh; do
    group=${group##*/[0-9][0-9]-}
    [[ $names == *",${group%.sh},"* ]] || printf 'FAIL %s: it is in none of the guests of lib/guests.sh\n' "${group%.sh}" >>"$logs/results"
  done
  for group in "${spread[@]}"; do
    chosen=$(chosen "$group")
    [ -n "$chosen" ] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n || true; done
    one_guest "$chosen" &
  done
  wait
  echo DONE >>"$logs/results"
}

# chosen GROUP: those of it that --only has.
chosen() {
  local name all=()
  for name in ${1//,/ }; do
    if [ -z "$only" ] || [[ ,$only, == *",$name,"* ]]; then all+=("$name"); fi
  done
  (IFS=, && printf '%s' "${all[*]}")
}

# one_guest SCENARIOS: in the folder of its first one.
one_guest() {
  local folder=$logs/${1%%,*} status=0
  mkdir -p "$folder"
  : >"$folder/results"
  if [ "$1" = outage ]; then
    outage "$kernel/vmlinuz" "$root/root.ext4" "$work/initrd" "$folder" "$limit"
  else
    boot "$kernel/vmlinuz" "$root/root.ext4" "$work/initrd" "$folder" "$limit" "lab.only=$1" || status=$?
  fi
  grep -q '^DONE' "$folder/results" || printf 'FAIL %s: the guest did not come to its end (exit code %s; the end of its console: %s)\n' "$1" "$status" \
    "$(tail -n 15 "$folder/console.log" 2>/dev/null | tr '\r\n' ' |')" >>"$folder/results"
  # Each guest's lines in one piece.
  (flock 9 && sed '/^DONE/d' "$folder/results" >>"$logs/results") 9>"$logs/results.lock"
}
