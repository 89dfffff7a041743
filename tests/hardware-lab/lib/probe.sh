# shellcheck shell=bash
# The small program that drives the agent's hardware layer alone, as native as the agent. Needs the pieces of build-native.sh.

# build_probe WORK: leaves the program in WORK/publish.
build_probe() {
  local framework
  # From here on build-native.sh builds this project.
  # shellcheck disable=SC2034
  agent_project=tests/hardware-lab/Probe
  mkdir -p "$1"
  framework=$(choose_framework linux-x64 "$1")
  publish linux-x64 "$framework" "$1"
}
