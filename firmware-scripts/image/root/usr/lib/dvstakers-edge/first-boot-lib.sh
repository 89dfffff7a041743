# shellcheck shell=sh disable=SC2154
# The steps of first boot. Needs $root, $lib, $state, $plan, $boot, $status.

problems='' remarks='' reach='' led=''

# say TEXT: to the journal, and to every console that the kernel writes to.
say() {
  printf '%s\n' "$*"
  on_consoles "$*"
}

warn() {
  printf '<4>%s\n' "$*"
  on_consoles "$*"
}

# problem TEXT: for that box.yaml counts as not taken. What does not need it is done all the same.
problem() {
  problems="${problems:+$problems
}$1"
  warn "$1"
}

on_consoles() {
  # shellcheck disable=SC2013  # words of one line
  for console in $(cat "$root/sys/class/tty/console/active" 2>/dev/null); do
    printf 'first boot: %s\r\n' "$*" 2>/dev/null >"$root/dev/$console" || true
  done
}

# put FILE MODE TEXT: whole or not at all, and on the disk when it returns. On the boot partition, which is FAT, every file has mode 700 and can have no other.
put() {
  mkdir -p "${1%/*}" && printf '%s\n' "$3" >"$1.new" && chmod "$2" "$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

# put_plan NAME FILE MODE: a file of the plan to its place, if the plan has it.
put_plan() {
  [ ! -e "$plan/$1" ] || put "$2" "$3" "$(cat "$plan/$1")"
}

begin() {
  mkdir -p "$state" "$plan"
  chmod 700 "$state" "$plan"
  rm -f "$plan"/*
  for led in "$root"/sys/class/leds/*:status "$root"/sys/class/leds/status "$root"/sys/class/leds/ACT ''; do
    if [ -z "$led" ] || [ -w "$led/trigger" ]; then break; fi
  done
  if [ -n "$led" ]; then
    # As the kernel marks it: all triggers, the present one in brackets.
    led_before=$(sed -n 's/.*\[\(.*\)\].*/\1/p' "$led/trigger")
    show_led heartbeat
  fi
}

# show_led TRIGGER [MS]: the kernel goes on with it, whatever becomes of this script.
show_led() {
  [ -n "$led" ] || return 0
  printf '%s' "$1" >"$led/trigger" 2>/dev/null || return 0
  if [ $# -gt 1 ]; then
    printf '%s' "$2" >"$led/delay_on" 2>/dev/null || true
    printf '%s' "$2" >"$led/delay_off" 2>/dev/null || true
  fi
}

# make_name: edge- and the end of the first wired card's address, as it is printed on many boards.
make_name() {
  name=$(cat "$root/etc/hostname" 2>/dev/null)
  if [ -n "$name" ]; then return; fi
  # The cards' drivers are still being loaded.
  [ -n "$root" ] || udevadm settle --timeout=30 || true
  address=''
  for card in "$root"/sys/class/net/*; do
    if [ -e "$card/device" ] && [ "$(cat "$card/type")" = 1 ]; then address=$(tr -d : <"$card/address") && break; fi
  done
  [ -n "$address" ] || address=$(cat "$root/etc/machine-id")
  name=edge-$(printf '%s' "$address" | tail -c 6)
  put "$root/etc/hostname" 644 "$name"
  use_name "$name"
  say "this box is called $name"
}

use_name() {
  name=$1
  [ -n "$root" ] || hostname "$name" 2>/dev/null || printf '%s' "$name" >/proc/sys/kernel/hostname
}

# make_host_key: one that was cut off by a power cut is no key, and is made anew.
make_host_key() {
  key=$root/etc/ssh/ssh_host_ed25519_key
  if ssh-keygen -y -P '' -f "$key" >/dev/null 2>&1 && [ -s "$key.pub" ]; then return; fi
  new=$root/etc/ssh/new-host-key
  rm -f "$new" "$new.pub"
  if ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$new" && sync "$new" "$new.pub" && mv -f "$new.pub" "$key.pub" && mv -f "$new" "$key" && sync "$root/etc/ssh"; then
    say "made this box's ssh key"
  else
    warn "no host key could be made; nobody can log in by ssh"
  fi
}

# find_box_file: Windows hides the ends of names, and so makes others than one thinks.
find_box_file() {
  for candidate in box.yaml box.yml box.yaml.txt box.yml.txt box.txt; do
    if [ -f "$boot/$candidate" ]; then printf '%s' "$boot/$candidate" && return; fi
  done
}

agent_is_there() { [ -x /usr/bin/dvstakers-edge ]; }

# default_configuration: MQTT to the box's own broker. Not over what is there.
default_configuration() {
  file=$root/etc/dvstakers-edge/edge.yaml
  [ -e "$file" ] || ! agent_is_there || put "$file" 644 "$(cat "$lib/edge.yaml")"
}

# take_box_file FILE: does what it asks. Fails, with $problems, where it cannot; whoever may log in can all the same, if that much is readable.
take_box_file() {
  say "taking ${1##*/}"
  if ! agent_is_there; then
    problem "This image was made without the agent, and without it box.yaml is not read."
    return 1
  fi
  good=yes
  /usr/bin/dvstakers-edge first-boot "$1" --out "$plan" >/dev/null 2>"$plan/messages" || good=no
  while IFS= read -r line; do warn "$line"; done <"$plan/messages"
  take_keys
  if [ "$good" = no ]; then
    problems=$(cat "$plan/messages")
    return 1
  fi
  [ ! -s "$plan/messages" ] || remarks="
$(cat "$plan/messages")"
  if [ -s "$plan/hostname" ]; then
    put_plan hostname "$root/etc/hostname" 644
    use_name "$(cat "$plan/hostname")"
    say "this box is called $name"
  fi
  [ ! -s "$plan/time-zone" ] || { ln -sfn "/usr/share/zoneinfo/$(cat "$plan/time-zone")" "$root/etc/localtime.new" && mv -fT "$root/etc/localtime.new" "$root/etc/localtime"; }
  take_or_drop network "$root/etc/systemd/network/40-box.network"
  take_or_drop firewall "$root/etc/nftables.d/box.nft"
  say "network and firewall are set"
  if [ -s "$plan/edge.yaml" ]; then
    if [ -e "$root/etc/dvstakers-edge/edge.yaml" ] && ! cmp -s "$plan/edge.yaml" "$root/etc/dvstakers-edge/edge.yaml"; then cp -p "$root/etc/dvstakers-edge/edge.yaml" "$root/etc/dvstakers-edge/edge.yaml.before-box-yaml"; fi
    put_plan edge.yaml "$root/etc/dvstakers-edge/edge.yaml" 644
  elif [ -s "$plan/invitation" ]; then
    # The grant writes what a member needs, where there is no file.
    if cmp -s "$lib/edge.yaml" "$root/etc/dvstakers-edge/edge.yaml"; then rm -f "$root/etc/dvstakers-edge/edge.yaml"; fi
  else
    default_configuration
  fi
  take_what_may_fail
}

# take_what_may_fail: an invitation that has expired keeps no disk away from the clients, nor the other way round.
take_what_may_fail() {
  take_invitation
  take_data_disk
  [ -z "$problems" ]
}

# take_or_drop NAME FILE: what an older box.yaml asked for and this one does not goes away.
take_or_drop() {
  if [ -s "$plan/$1" ]; then put_plan "$1" "$2" 644; else rm -f "$2"; fi
}

take_keys() {
  [ -s "$plan/authorized_keys" ] || return 0
  home=$root/home/staker/.ssh
  mkdir -p "$home" && chmod 700 "$home" && put_plan authorized_keys "$home/authorized_keys" 600 && chown -R staker:staker "$home"
  say "$(grep -c . "$home/authorized_keys") ssh key(s) may log in, as user staker"
}

# take_invitation: the request lies on the boot partition afterwards. Not again where one is under way, or the box is a member.
take_invitation() {
  [ -s "$plan/invitation" ] || return 0
  cluster=$root/etc/dvstakers-edge/cluster
  if [ -e "$cluster/box.crt" ] || { [ -e "$cluster/pending.key" ] && [ -s "$state/request" ]; }; then
    remarks="$remarks
The invitation was left alone: this box has joined, or has asked to."
  elif dvstakers-edge cluster join "$plan/invitation" --dir "$cluster" --out "$plan/request" >"$plan/joined" 2>&1; then
    put_plan request "$state/request" 600
  else
    problem "invitation: $(cat "$plan/joined")"
    return
  fi
  [ ! -s "$state/request" ] || { put "$boot/box.request" 700 "$(cat "$state/request")" && remarks="$remarks
Carry box.request, beside this file, to the box that invited this one: dvstakers-edge cluster join box.request"; }
}

# finish OUTCOME: what a person sees: the greeting of every console, the boot partition, the LED.
finish() {
  keys=$(grep -cs . "$root/home/staker/.ssh/authorized_keys")
  if [ "${keys:-0}" -gt 0 ]; then
    reach="Log in: ssh staker@$name.local"
  else
    reach="Nobody can log in: there is no ssh key. Put a box.yaml with ssh-keys on the boot partition."
    warn "$reach"
  fi
  # shellcheck disable=SC1003  # agetty's own escapes
  put "$root/etc/issue" 644 "DVStakers.Edge  $name.local  "'\4 \6'"
$reach
ssh host key: $(ssh-keygen -l -f "$root/etc/ssh/ssh_host_ed25519_key.pub" 2>/dev/null | cut -d ' ' -f 2)
${problems:+
box.yaml was not taken:
$problems
}"
  if [ -n "$1" ] && [ -d "$boot" ]; then
    put "$status" 700 "$(printf '%s\n\nThis box: %s.local\n%s\n' "$1" "$name" "$reach" | sed 's/$/\r/')" || warn "the boot partition cannot be written; what happened is in the journal alone"
  fi
  if [ -n "$problems" ]; then
    show_led timer 100
  elif [ -n "$led" ]; then
    # The agent's from here on.
    show_led "${led_before:-none}"
  fi
  say "$reach"
}
