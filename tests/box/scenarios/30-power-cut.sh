# shellcheck shell=bash disable=SC2317,SC2016,SC2034,SC2154  # Conditions are called by name, and what `eval` is given is for it.
# After a power cut in an update (or before the first): one whole version, nothing lost, and then the next update, in which the host cuts the power.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
package() { printf '/lab/update-packages/dvstakers-edge_%s_amd64.deb' "$1"; }
installed() { dpkg-query -W -f '${db:Status-Abbrev}${Version}' dvstakers-edge; }
damaged() { dpkg --verify dvstakers-edge | grep -v ' c /' | grep -v /usr/share/; }
# By the words of systemd: the agent started only after the updater had one version whole on the disk.
if [ -e /var/lib/dvstakers-edge-update/state ] || journalctl -b -u dvstakers-edge-update -o cat 2>/dev/null | grep -q 'Update from'; then printf 'WENT-ON\n' >&3; fi
becomes "the agent runs" 240 systemctl -q is-active dvstakers-edge
becomes "the update came to its end" 600 eval '[ ! -e /var/lib/dvstakers-edge-update/state ]'
now=$(installed)
if { [ "$now" = "ii $version" ] || [ "$now" = "ii $version~before" ]; } && [ -z "$(damaged)" ] && [ -z "$(dpkg --audit)" ]; then
  ok "one whole version"
else
  no "one whole version" "$now, damaged: $(damaged), dpkg --audit: $(dpkg --audit)"
fi
becomes "it serves" 240 served
equals "configuration, keys and the cluster's identity are as they were" "$(diff /var/lib/ours.before <(ours))" ""

to=$version
[ "$now" != "ii $version" ] || to=$version~before
printf 'UPDATING\n' >&3
dvstakers-edge update --allow-downgrade "$(package "$to")" 3>&-
