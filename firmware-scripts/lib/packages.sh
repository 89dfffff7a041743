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
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@"
}
