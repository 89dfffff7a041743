# shellcheck shell=bash disable=SC2034,SC2154
# One box over several boots: its disk is kept, and how each boot ends is seen from outside. Needs $here, progress.sh and boot.sh.

# outage KERNEL ROOT-IMAGE INITRD LOGS SECONDS: boots/*.sh one after the other; their results are added to LOGS/results.
outage() {
  local kernel=$1 root=$2 initrd=$3 logs=$4 seconds=$5 disk=$4/outage.disk file name folder status how wanted snapshot=off
  cp --sparse=always "$root" "$disk"
  for file in "$here"/boots/*.sh; do
    name=${file##*/} name=${name%.sh} folder=$logs/boot-$name status=0
    mkdir -p "$folder"
    rm -f "$folder"/{console.log,results,journal.log}
    with_progress "the guest, ${name#*-}" "$folder/qemu.log" boot "$kernel" "$disk" "$initrd" "$folder" "$seconds" "lab.boot=$name" || status=$?
    sed '/^DONE/d' "$folder/results" >>"$logs/results"
    how=$(sed -n 's/.*reboot: \(Power down\|Restarting system\).*/\1/p' "$folder/console.log" | tail -n 1)
    wanted=$(sed -n 's/^# Ends: //p' "$file")
    if [ "$status" = 0 ] && [ "$how" = "$wanted" ]; then
      printf 'PASS %s: the machine ends: %s\n' "$name" "$how"
    else
      printf "FAIL %s: the machine's end (got '%s' and exit code %s of QEMU, wanted '%s')\n" "$name" "$how" "$status" "$wanted"
    fi >>"$logs/results"
  done
  if grep -q '^DONE' "$logs/boot-$name/results"; then echo DONE >>"$logs/results"; fi
  rm -f "$disk"
}
