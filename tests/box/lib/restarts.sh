# shellcheck shell=bash disable=SC2034,SC2154  # What run.sh brings, and what lib/debian.sh sets.
# A thousand restarts of the agent. Under emulation they would take hours: the same Debian as in the guests runs them in a container, on this machine's kernel. Needs all that run.sh brings.

part_restarts() {
  local suite=${suites%%,*} packages=$work/packages root payload=$work/payload-restarts out=$logs/restarts status=0
  need_commands findmnt=util-linux setpriv=util-linux
  mkdir -p "$packages" "$out"
  firmware-scripts/build-deb.sh --agent "$agent" --version "$version" --output "$packages" >/dev/null
  clean_debian "$suite" container
  stage_scenarios "$payload" "$suite" "$version"
  printf 'restarts=%s\n' "$restarts" >>"$payload/lab/facts"
  cp "$packages/dvstakers-edge_${version}_amd64.deb" "$payload/lab/"
  : >"$out/results"
  with_progress "$restarts restarts in a container" "$out/console.log" timeout -k 10 "$limit" "$here/container" "$root/root.ext4" "$payload" "$out" "lab.only=restarts lab.seconds=$limit" || status=$?
  report restarts "$out" "$status" $((SECONDS - began)) || true
}
