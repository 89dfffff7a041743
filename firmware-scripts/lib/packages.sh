# shellcheck shell=bash
# Installs Debian packages only when what they bring is missing. Needs progress.sh.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "root is needed for: $* (not root, and there is no sudo)"
  fi
}

# need_commands COMMAND=PACKAGE...: installs the packages of those commands that are not on the path.
# mosquitto and its like live in sbin, which is not on every user's path.
need_commands() {
  local pair missing=()
  for pair in "$@"; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
  local log
  command -v apt-get >/dev/null || fail "please install: $* (there is no apt-get here to do it)"
  log=$(mktemp)
  # sudo asks for its password before the output goes to the log.
  as_root true
  with_progress "installing $* from the distribution" "$log" apt_install "$@"
  rm -f "$log"
}

apt_install() {
  apt_update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
}

# apt waits for nobody who reads its lists, so that two of our scripts at once wait for each other here.
apt_update() { as_root flock /var/lib/apt/lists env DEBIAN_FRONTEND=noninteractive apt-get -q update; }

# need_package_lists: what apt knows of its archives, which on a new machine is nothing yet.
need_package_lists() {
  local log
  # shellcheck disable=SC2016  # apt fills this in.
  [ -z "$(apt-get indextargets --format '$(RELEASE)' 'Created-By: Packages' 2>/dev/null)" ] || return 0
  log=$(mktemp)
  as_root true
  with_progress "reading the distribution's package lists" "$log" apt_update
  rm -f "$log"
}
