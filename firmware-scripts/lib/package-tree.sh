# shellcheck shell=bash
# What the package puts where. Needs progress.sh.

# place_of FILE: where a file of systemd/ goes, by its ending, and its mode.
place_of() {
  local name=$1
  case $name in
    *.service | *.timer | *.path | *.socket | *.target) printf '644 usr/lib/systemd/system/%s\n' "$name" ;;
    *.drop-in.conf) printf '644 usr/lib/systemd/system/%s.d/dvstakers-edge.conf\n' "${name%.drop-in.conf}" ;;
    *.sysusers.conf) printf '644 usr/lib/sysusers.d/%s.conf\n' "${name%.sysusers.conf}" ;;
    *.tmpfiles.conf) printf '644 usr/lib/tmpfiles.d/%s.conf\n' "${name%.tmpfiles.conf}" ;;
    *.modules-load.conf) printf '644 usr/lib/modules-load.d/%s.conf\n' "${name%.modules-load.conf}" ;;
    *.udev.rules) printf '644 usr/lib/udev/rules.d/60-%s.rules\n' "${name%.udev.rules}" ;;
    *.polkit.rules) printf '644 usr/share/polkit-1/rules.d/60-%s.rules\n' "${name%.polkit.rules}" ;;
    *.generator) printf '755 usr/lib/systemd/system-generators/%s\n' "${name%.generator}" ;;
    *.shutdown) printf '755 usr/lib/systemd/system-shutdown/%s\n' "${name%.shutdown}" ;;
    *) fail "systemd/$name: firmware-scripts/lib/package-tree.sh does not know where a file with this ending goes" ;;
  esac
}

# put MODE FILE PLACE: PLACE is below the tree.
put() { install -D -m "$1" "$2" "$3"; }

# packed PLACE: standard input, as a packed file there.
packed() {
  install -d -m 755 "${1%/*}"
  gzip -9n >"$1"
  chmod 644 "$1"
}

# stage_system TREE: the files of systemd/. The hardware lab takes them from here too.
stage_system() {
  local file mode place
  for file in systemd/*; do
    read -r mode place < <(place_of "${file##*/}")
    put "$mode" "$file" "$1/$place"
  done
}

# stage_package TREE AGENT VERSION ARCHITECTURE
stage_package() {
  local tree=$1 doc=$1/usr/share/doc/dvstakers-edge script
  put 755 "$2" "$tree/usr/bin/dvstakers-edge"
  install -d -m 755 "$tree/etc/dvstakers-edge/update-keys"
  stage_system "$tree"
  put 644 firmware-scripts/deb/copyright "$doc/copyright"
  put 644 firmware-scripts/deb/lintian-overrides "$tree/usr/share/lintian/overrides/dvstakers-edge"
  packed "$doc/changelog.gz" < <(changelog_of "$3")
  packed "$tree/usr/share/man/man8/dvstakers-edge.8.gz" < <(sed "s|@VERSION@|$3|" firmware-scripts/deb/dvstakers-edge.8)
  install -d -m 755 "$tree/DEBIAN"
  control_of "$tree" "$@" >"$tree/DEBIAN/control"
  for script in preinst postinst prerm postrm; do
    if [ -e "firmware-scripts/deb/$script" ]; then put 755 "firmware-scripts/deb/$script" "$tree/DEBIAN/$script"; fi
  done
  (cd "$tree" && find usr etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums"
}

# control_of TREE TREE AGENT VERSION ARCHITECTURE
control_of() {
  local size
  size=$(find "$1/usr" "$1/etc" -type f -printf '%s\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
  sed -e "s|@VERSION@|$4|" -e "s|@ARCHITECTURE@|$5|" -e "s|@SIZE@|$size|" -e "s|@LIBC@|$(libc_of "$3")|" firmware-scripts/deb/control
}

# changelog_of VERSION: CHANGELOG.md, in the words of Debian's changelogs.
changelog_of() {
  printf 'dvstakers-edge (%s) stable; urgency=medium\n\n' "$1"
  sed -n 's/^- //p' CHANGELOG.md | tr -d '`' | while IFS= read -r line; do fold -s -w 74 <<<"$line" | sed -e '1s/^/  * /' -e '2,$s/^/    /' -e 's/ *$//'; done
  printf '\n -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' firmware-scripts/deb/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

# libc_of BINARY: the oldest C library that has all that the binary asks for.
libc_of() { readelf --version-info --wide "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1; }
