# shellcheck shell=bash disable=SC2016,SC2034,SC2154,SC2317  # Conditions are called by name, and what `eval` is given is for it.
# A disk without a byte left, and one that the kernel made read-only: the agent serves on, starts anew on it, says so, and has lost nothing when that is over.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
becomes "the boot is complete" 300 booted
run_fake_node
# Without what is recommended, which takes its time and has no part in this.
holds "apt installs it" apt --no-install-recommends install "$new"
# With a broker, which is not there: so it has numbers of its boots to keep.
printf 'mqtt:\n  host: 127.0.0.1\n' >>"$stack"
configure "$stack"
becomes "it serves" 240 served
holds "a cluster's identity" eval 'dvstakers-edge cluster init kili --box nuc-1 --gateway https://nuc-1.example:5071 --broker nuc-1.example:8883 3>&-'
holds "a drained stack" eval 'dvstakers-edge drain main --force 3>&-'
boot_number() { cat /var/lib/dvstakers-edge/boot; }
# Since its last start.
said() { journalctl "_SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID dvstakers-edge)" -p "$1" -o cat | grep -q "$2"; }
pid() { main_pid dvstakers-edge; }
ours >/run/lab/ours
number=$(boot_number) before=$(pid)
equals "its disk is not full" "$(said warning "A disk is full" && echo full)" ""

# --- Full. What root may still take of the blocks is taken too.
fallocate -l "$(df --output=avail -B1 / | tail -n 1)" /var/filled
# The last blocks one by one.
cat /dev/zero >/var/filled-up 2>/dev/null
dd if=/dev/zero of=/var/filled-up bs=4k oflag=append conv=notrunc 2>/dev/null
holds "the disk is full" eval '! (echo x >/var/one-more) 2>/dev/null'
becomes "it says so" 240 said err 'A disk is full (/)'
equals "it goes on" "$(pid)" "$before"
holds "and serves" served
holds "it starts anew" systemctl restart dvstakers-edge
becomes "and serves" 120 served
has "with what was drained" "$(dvstakers-edge status --json 3>&-)" '"code": *"drained"'
becomes "and says so again" 240 said err 'A disk is full (/)'
holds "no configuration, key or state has changed" eval 'diff /run/lab/ours <(ours)'
rm /var/filled* /var/one-more 2>/dev/null
becomes "it says that it is over" 900 said info 'Over after .*: A disk is full (/)'
holds "it starts anew with room" systemctl restart dvstakers-edge
becomes "and serves" 120 served
holds "its number of boots went on" [ "$(boot_number)" -gt "$number" ]
equals "nothing half-written is left" "$(find /etc/dvstakers-edge /var/lib/dvstakers-edge -name '*.tmp')" ""

# --- Read-only, as a kernel makes it that has found an error (errors=remount-ro).
# A start with room may begin a file that was not there, as the one of the peers; nothing that was there is another.
equals "and no configuration, key or state is gone or another" "$(ours | comm -23 /run/lab/ours -)" ""
ours >/run/lab/ours
before=$(pid)
sync
echo u >/proc/sysrq-trigger
becomes "the root is read-only" 30 eval '! touch /var/one-more 2>/dev/null'
# By the status: the journal is on that disk too.
status_has() { dvstakers-edge status --json 3>&- | grep -q "\"code\": *\"$1\""; }
becomes "it says so" 240 status_has disk-read-only
equals "it goes on" "$(pid)" "$before"
holds "and serves" served
holds "it starts anew" systemctl restart dvstakers-edge
becomes "and serves" 120 served
holds "is killed, and back" eval 'systemctl kill -s KILL dvstakers-edge && within 60 served'
becomes "and says so again" 240 status_has disk-read-only
mount -o remount,rw /
becomes "it says that it is over" 300 said info 'Over after .*: A disk is read-only (/)'
holds "no configuration, key or state has changed" eval 'diff /run/lab/ours <(ours)'
holds "and nothing is drained any more, when told" eval 'dvstakers-edge undrain 3>&-'
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
printf '== what an operator reads: journalctl -u dvstakers-edge -p warning\n'
journalctl -u dvstakers-edge -p warning --no-pager --no-hostname
# For the boot without a network and without the time.
sed 's/127\.0\.0\.1/192.0.2.7/' "$stack" >/etc/dvstakers-edge/edge.yaml
systemctl -q disable fake-node
# It would bring the time of this boot into the next.
systemctl -q disable --now systemd-timesyncd
rm -f /var/lib/systemd/timesync/clock
date +%s >/var/lib/time-of-before
sync
