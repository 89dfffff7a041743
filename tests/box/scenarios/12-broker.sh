# shellcheck shell=bash disable=SC2016,SC2034,SC2154,SC2317  # Conditions are called by name.
# A member's mosquitto under systemd: it goes by the roster as it changes, by itself, and only where it was made the cluster's.
# shellcheck source=/dev/null
. /lab/facts
export DEBIAN_FRONTEND=noninteractive
conf=/etc/mosquitto/conf.d/dvstakers-edge.conf there=/run/lab/nuc-2
apt-get -q -y install "/lab/dvstakers-edge_${version}_amd64.deb" 3>&-
broker() { main_pid mosquitto; }
edge() { dvstakers-edge cluster "$@" 3>&-; }
# Looked at, and found not to be for us: without the first, "no" is what a unit has that was never begun.
left_alone() { [ "$(systemctl show -P ConditionTimestampMonotonic dvstakers-edge-broker.service)" != 0 ] && [ "$(systemctl show -P ConditionResult dvstakers-edge-broker.service)" = no ]; }
pulls() { grep -q '^connection nuc-2$' "$conf"; }

holds "it waits for the roster" systemctl -q is-active dvstakers-edge-broker.path
holds "a cluster" edge init kili --box nuc-1 --gateway https://nuc-1.example:5071 --broker nuc-1.example:8883
becomes "mosquitto is left alone where it was not made the cluster's" 30 left_alone
holds "no configuration of ours" eval '[ ! -e "$conf" ]'
holds "broker render" eval 'dvstakers-edge broker render --local-port 0 3>&- && systemctl restart mosquitto'
before=$(broker)

holds "nuc-2 is invited, asks and is let in" eval 'edge invite nuc-2 --gateway https://nuc-2.example:5071 --broker nuc-2.example:8883 --out "$there.invitation" &&
  edge join "$there.invitation" --dir "$there" --out "$there.request" && edge join "$there.request" --out "$there.grant"'
becomes "mosquitto pulls from it, by itself" 60 eval 'pulls && [ "$(broker)" != "$before" ] && systemctl -q is-active mosquitto'
holds "with the options of before" eval '! grep -q "^listener 1883" "$conf"'
before=$(broker)
holds "nuc-2 is removed" edge remove nuc-2
becomes "mosquitto knows it no more" 60 eval '! pulls && [ "$(broker)" != "$before" ] && systemctl -q is-active mosquitto'
holds "and has the list of removed certificates" openssl crl -in /etc/mosquitto/dvstakers-edge/crl.pem -noout
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
