#!/usr/bin/env bash
# The inside of one box of stranger.mjs, as process 1 of namespaces of its own: a Debian with a person on it who may use sudo.
# Everything that is written below /etc, /usr, /var and /home goes to memory, and ends with the namespace.
#   box-as-installed.sh NAME HOSTS
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
systemctl=$(cat "$here/systemctl.sh")

hostname "$1"
mount -t tmpfs -o mode=755 boxes /mnt
for folder in etc usr var home; do
  mkdir -p "/mnt/$folder" "/mnt/.$folder"
  mount -t overlay "$folder" -o "lowerdir=/$folder,upperdir=/mnt/$folder,workdir=/mnt/.$folder" "/$folder"
done
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp

printf '%s\n' "$1" >/etc/hostname
printf '%s\n' "$2" >/etc/hosts
# What may be there of an earlier life of this machine.
dpkg --purge dvstakers-edge >/dev/null 2>&1 || true
rm -rf /etc/dvstakers-edge /var/lib/dvstakers-edge /etc/mosquitto/dvstakers-edge /etc/mosquitto/conf.d/dvstakers-edge.conf /usr/bin/dvstakers-edge \
  {/etc,/usr/lib}/systemd/system/dvstakers-edge.service
if getent passwd dvstakers-edge >/dev/null; then userdel dvstakers-edge; fi

useradd --create-home --shell /bin/bash pia
printf 'pia ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/pia
chmod 440 /etc/sudoers.d/pia

# There is no systemd in here, so what is installed is not started yet; and no network to fetch packages by.
printf '%s\n' "$systemctl" >/usr/local/bin/systemctl
cat >/usr/local/bin/apt <<'END'
#!/bin/sh
# Nothing is fetched in here: installs the packages that are files, once what they recommend is seen to be there already.
set -e
case "$1 $2" in
  "update ") exit ;;
  "install -y") shift 2 ;;
  *) echo "apt $*: not in this box" >&2 && exit 100 ;;
esac
for package in "$@"; do
  case $package in
    ./*.deb) ;;
    *) dpkg-query -W -f '${Package} is already the newest version\n' "$package" && continue ;;
  esac
  for wanted in libmosquitto1 mosquitto mosquitto-clients; do
    dpkg-deb --field "$package" Depends Recommends | grep -qw "$wanted" || { echo "$package does not bring $wanted" >&2 && exit 100; }
    dpkg-query -W "$wanted" >/dev/null
  done
  dpkg --install "$package"
done
END
chmod 755 /usr/local/bin/systemctl /usr/local/bin/apt

ip link set lo up
echo ready
# Process 1 takes over those whose parents have ended.
while :; do sleep 1000 & wait; done
