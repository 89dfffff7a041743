# shellcheck shell=bash disable=SC2154,SC2317
# Ends: Power down
# The boot after a shutdown by hand: everything as before.
record=/var/lib/lab/order
ups 1 60 0 3800
equals "the whole stop by the button, on mains" "$(order)" "$whole_stop"
fresh
network && clock
becomes "all are started again" 180 written 'validator up'
equals "execution, consensus, validator" "$(grep up "$record" | xargs)" "$whole_start"
over() { [ ! -e /var/lib/dvstakers-edge/outage.json ]; }
becomes "and it is over" 60 over
holds "all run" running
